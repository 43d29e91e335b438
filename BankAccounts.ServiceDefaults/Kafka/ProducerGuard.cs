using Confluent.Kafka;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace BankAccounts.ServiceDefaults.Kafka;

/// <summary>
/// Hears the producer's errors, and stops the service when one is fatal: an idempotent producer takes nothing any more
/// once brokers have lost records of it. A new process has a producer id of its own, so it can go on at once.
/// </summary>
public sealed partial class ProducerGuard(IHostApplicationLifetime lifetime, ILogger<ProducerGuard> logger)
{
    /// <summary>The client library tells an error; it has gone on by itself from those that are not fatal.</summary>
    public void OnError(Error error)
    {
        if (error.IsFatal)
        {
            LogFatal(error.Code, error.Reason);
            Environment.ExitCode = 1;
            lifetime.StopApplication();
        }
        else
        {
            // Who hears errors is the one who tells them: the client library leaves them out of its own lines then.
            LogError(error.Reason);
        }
    }

    [LoggerMessage(EventId = 1012, Level = LogLevel.Critical,
        Message = "The producer can append nothing any more ({Code}: {Reason}); this process ends for a new one.")]
    private partial void LogFatal(ErrorCode code, string reason);

    [LoggerMessage(EventId = 1013, Level = LogLevel.Warning,
        Message = "The producer had an error ({Reason}); it goes on.")]
    private partial void LogError(string reason);
}
