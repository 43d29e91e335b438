using System.Diagnostics;
using Confluent.Kafka;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace BankAccounts.ServiceDefaults.Kafka;

/// <summary>
/// Checks the log's topic at start-up, as often as it takes while Kafka is away, and stops the service
/// with a plain error if the topic is unfit. Afterwards it keeps an eye on whether Kafka answers, and on whether
/// the topic still keeps everything; that is the service's health check of Kafka.
/// </summary>
public sealed partial class LogTopicGuard(
    LogTopic topic,
    Func<Handle> connection,
    IHostApplicationLifetime lifetime,
    ILogger<LogTopicGuard> logger) : BackgroundService, IHealthCheck
{
    private static readonly TimeSpan RetryDelay = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LookInterval = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan RetentionInterval = TimeSpan.FromMinutes(1);

    private readonly RetentionWatch retention = new(() => topic.ForgettingAsync(connection()), logger);
    private readonly TaskCompletionSource checkedOnce = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile bool answers;

    /// <summary>Completes when the topic was found fit.</summary>
    public Task Checked => checkedOnce.Task;

    /// <summary>Whether Kafka answered when it was last asked, some seconds ago at most.</summary>
    public bool IsKafkaThere => answers;

    /// <inheritdoc/>
    public Task<HealthCheckResult> CheckHealthAsync(
        HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(
            !answers ? HealthCheckResult.Unhealthy("Kafka does not answer, or the topic is not there.")
            : retention.Problem is { } problem ? HealthCheckResult.Unhealthy(problem)
            : HealthCheckResult.Healthy());

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // The client library blocks; the host's start must not wait for it.
        await Task.Yield();
        while (!await TryEnsureAsync())
        {
            await Task.Delay(RetryDelay, stoppingToken);
        }
        answers = true;
        checkedOnce.TrySetResult();
        var lastLook = Stopwatch.GetTimestamp();
        using var timer = new PeriodicTimer(LookInterval);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            answers = await Task.Run(() => topic.Answers(connection()), stoppingToken);
            if (answers && Stopwatch.GetElapsedTime(lastLook) >= RetentionInterval)
            {
                lastLook = Stopwatch.GetTimestamp();
                await retention.LookAsync();
            }
        }
    }

    private async Task<bool> TryEnsureAsync()
    {
        try
        {
            await topic.EnsureAsync(connection());
            return true;
        }
        catch (KafkaException away)
        {
            LogAway(away.Error.Reason);
            return false;
        }
        catch (UnfitTopicException unfit)
        {
            LogUnfit(unfit.Message);
            Environment.ExitCode = 1;
            lifetime.StopApplication();
            return false;
        }
    }

    [LoggerMessage(EventId = 1010, Level = LogLevel.Warning,
        Message = "Kafka is not ready ({Reason}); looking again every second.")]
    private partial void LogAway(string reason);

    [LoggerMessage(EventId = 1011, Level = LogLevel.Critical, Message = "{Problem}")]
    private partial void LogUnfit(string problem);
}
