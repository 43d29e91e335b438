using Confluent.Kafka;

namespace Aspire.Confluent.Kafka;

/// <summary>How the application connects to Kafka as a producer.</summary>
public sealed class KafkaProducerSettings
{
    /// <summary>The brokers to start from, <c>host:port</c> divided by commas.</summary>
    public string? ConnectionString { get; set; }

    /// <summary>The properties of librdkafka.</summary>
    public ProducerConfig Config { get; } = new();

    /// <summary>
    /// Whether to leave out metrics; false by default. This stand-in never has them, sets no
    /// interval of statistics, and logs a warning when they are not disabled.
    /// </summary>
    public bool DisableMetrics { get; set; }

    /// <summary>Whether to leave out the health check, which produces; false by default.</summary>
    public bool DisableHealthChecks { get; set; }

    /// <summary>
    /// Whether to leave out traces; false by default. This stand-in never has them, and logs a
    /// warning when they are not disabled.
    /// </summary>
    public bool DisableTracing { get; set; }

    internal void Consolidate()
        => Config.BootstrapServers = ConnectionString ?? Config.BootstrapServers;

    internal void Validate()
    {
        if (string.IsNullOrEmpty(Config.BootstrapServers))
        {
            throw new InvalidOperationException("No bootstrap servers configured.");
        }
    }
}
