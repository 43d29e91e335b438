namespace BankAccounts.AppHost.Engines.Kafka;

/// <summary>
/// What clients of a Kafka have to be set to because of the broker that it is. It belongs to the
/// resource, which hands it to its consumers as configuration (<see cref="KafkaReference" />), so that no
/// service knows which Kafka it speaks to.
/// </summary>
/// <param name="Shared">Properties for producers and consumers alike, by their Confluent.Kafka names.</param>
/// <param name="Producer">Properties for producers.</param>
/// <param name="Consumer">Properties for consumers.</param>
public sealed record KafkaClientSettings(
    IReadOnlyDictionary<string, string> Shared,
    IReadOnlyDictionary<string, string> Producer,
    IReadOnlyDictionary<string, string> Consumer) : IResourceAnnotation
{
    /// <summary>For brokers of Kafka 0.9.0.1, which cannot say what they understand.</summary>
    public static KafkaClientSettings ForKafka09 { get; } = new(
        Shared: new Dictionary<string, string>
        {
            ["ApiVersionRequest"] = "false",
            ["BrokerVersionFallback"] = "0.9.0.1",
            // A broker that was started again is found again within a second, not within ten.
            ["ReconnectBackoffMaxMs"] = "1000",
        },
        Producer: new Dictionary<string, string>
        {
            // There is no idempotent producer yet. One request at a time keeps a resend in order.
            ["EnableIdempotence"] = "false",
            ["MaxInFlight"] = "1",
        },
        Consumer: new Dictionary<string, string>
        {
            // A killed member's partitions move after this time. The brokers' bounds are set to allow it.
            ["SessionTimeoutMs"] = "3000",
            ["HeartbeatIntervalMs"] = "500",
        })
    {
        TopicIsManaged = true,
    };

    /// <summary>For brokers of the current protocol, which need nothing special of their clients.</summary>
    public static KafkaClientSettings ForCurrentKafka { get; } = new(
        Shared: new Dictionary<string, string>(),
        Producer: new Dictionary<string, string>(),
        Consumer: new Dictionary<string, string>());

    /// <summary>
    /// Whether the services must take the topic's existence and retention on trust, because the broker
    /// cannot be asked or somebody else answers for it.
    /// </summary>
    public bool TopicIsManaged { get; init; }

    /// <summary>The settings as environment variables of a service.</summary>
    public IEnumerable<KeyValuePair<string, string>> AsEnvironment() =>
    [
        .. InSection("Producer", Shared), .. InSection("Producer", Producer),
        .. InSection("Consumer", Shared), .. InSection("Consumer", Consumer),
        new("Bank__TopicIsManaged", TopicIsManaged ? "true" : "false"),
    ];

    private static IEnumerable<KeyValuePair<string, string>> InSection(
        string section, IReadOnlyDictionary<string, string> settings) =>
        settings.Select(setting => KeyValuePair.Create(
            $"Aspire__Confluent__Kafka__{section}__Config__{setting.Key}", setting.Value));
}
