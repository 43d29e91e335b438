using Confluent.Kafka;
using Microsoft.Extensions.Logging;

namespace BankAccounts.ServiceDefaults.Kafka;

/// <summary>
/// Whether the log still keeps everything: anybody may give the topic a limited retention while the bank runs.
/// What Kafka does not answer leaves it as it was.
/// </summary>
/// <param name="find">Finds what is wrong with the topic; null if nothing is.</param>
/// <param name="logger">Told when there is something else wrong than before.</param>
public sealed partial class RetentionWatch(Func<Task<string?>> find, ILogger logger)
{
    private volatile string? problem;

    /// <summary>What was wrong when it was last looked at; null if nothing was.</summary>
    public string? Problem => problem;

    /// <summary>Looks again.</summary>
    public async Task LookAsync()
    {
        try
        {
            var found = await find();
            if (found is not null && found != problem)
            {
                LogForgets(found);
            }
            problem = found;
        }
        catch (KafkaException away)
        {
            LogNotLooked(away.Error.Reason);
        }
    }

    [LoggerMessage(EventId = 1014, Level = LogLevel.Critical, Message = "{Problem}")]
    private partial void LogForgets(string problem);

    [LoggerMessage(EventId = 1015, Level = LogLevel.Warning,
        Message = "Kafka did not tell how long it keeps the log ({Reason}); looking again in a minute.")]
    private partial void LogNotLooked(string reason);
}
