using System.ComponentModel.DataAnnotations;

namespace BankAccounts.ServiceDefaults;

/// <summary>What every service must agree on. Configuration section <c>Bank</c>.</summary>
public sealed record BankOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Bank";

    /// <summary>The topic that is the bank's log.</summary>
    [Required]
    public string Topic { get; init; } = "bank-accounts";

    /// <summary>
    /// The number of the log's partitions, 1 … 65,536. An account number carries its partition, so this
    /// may grow and never shrinks.
    /// </summary>
    [Range(1, 65_536)]
    public int PartitionCount { get; init; } = 12;

    /// <summary>
    /// Copies of each partition when start-up has to create the topic; −1 takes the brokers' default.
    /// </summary>
    [Range(-1, 16)]
    public short ReplicationFactor { get; init; } = -1;

    /// <summary>
    /// Whether somebody else creates the topic and answers for its retention: the engine that starts
    /// Kafka locally, or an operator whose ACLs do not let a service ask. Start-up then waits for the
    /// topic and counts its partitions.
    /// </summary>
    public bool TopicIsManaged { get; init; }

    /// <summary>How long one call of Redis may take before its outcome counts as unknown.</summary>
    [PositiveTime]
    public TimeSpan RedisTimeout { get; init; } = TimeSpan.FromSeconds(2);
}
