using Confluent.Kafka;
using Microsoft.Extensions.Logging;

namespace Aspire.Confluent.Kafka;

/// <summary>What librdkafka and this integration write to the application's log.</summary>
internal static partial class KafkaClientLog
{
    public const string Category = "Aspire.Confluent.Kafka";

    public static void Write(ILogger logger, LogMessage message)
    {
        var level = (LogLevel)message.LevelAs(LogLevelType.MicrosoftExtensionsLogging);
        var facility = new EventId(0, message.Facility);
        logger.Log(level, facility, message.Message, exception: null, static (text, _) => text);
    }

    public static void WarnOfWhatIsMissing(
        ILogger logger, string client, bool disableMetrics, bool disableTracing)
    {
        if (!disableMetrics)
        {
            logger.NoMetrics(client);
        }

        if (!disableTracing)
        {
            logger.NoTracing(client);
        }
    }

    [LoggerMessage(1, LogLevel.Warning,
        "LogHandler is already set. Skipping... No logs will be written.")]
    public static partial void LogHandlerIsTaken(this ILogger logger);

    [LoggerMessage(2, LogLevel.Warning,
        "{Client} publishes no metrics: the stand-in for Aspire.Confluent.Kafka has none. " +
        "Set DisableMetrics to silence this.")]
    private static partial void NoMetrics(this ILogger logger, string client);

    [LoggerMessage(3, LogLevel.Warning,
        "{Client} is not traced: the stand-in for Aspire.Confluent.Kafka has no tracing. " +
        "Set DisableTracing to silence this.")]
    private static partial void NoTracing(this ILogger logger, string client);
}
