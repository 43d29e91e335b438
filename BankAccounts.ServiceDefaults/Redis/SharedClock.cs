using System.Diagnostics;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using StackExchange.Redis;

namespace BankAccounts.ServiceDefaults.Redis;

/// <summary>
/// The clock that all appenders share: Redis' TIME, asked every second, carried on by this process'
/// monotonic clock. Appenders agree within milliseconds, whatever their own wall clocks say.
/// </summary>
public sealed partial class SharedClock(
    IConnectionMultiplexer redis,
    IOptions<BankOptions> bank,
    ILogger<SharedClock> logger) : BackgroundService
{
    /// <summary>The age from which a reading is too old to stamp records with.</summary>
    public static readonly TimeSpan MaxAge = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan AskInterval = TimeSpan.FromSeconds(1);

    private Reading? reading;

    /// <summary>
    /// The time in Unix milliseconds; null while Redis was not heard of for too long.
    /// </summary>
    public long? NowMs
    {
        get
        {
            var last = Volatile.Read(ref reading);
            if (last is null || Stopwatch.GetElapsedTime(last.Ticks) is var age && age > MaxAge)
            {
                return null;
            }
            return last.UnixMs + (long)age.TotalMilliseconds;
        }
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(AskInterval);
        do
        {
            try
            {
                await AskAsync(stoppingToken);
            }
            catch (Exception away) when (away is RedisException or TimeoutException)
            {
                LogAway(away.Message);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private async Task AskAsync(CancellationToken cancellation)
    {
        var server = redis.GetEndPoints()
            .Select(endPoint => redis.GetServer(endPoint))
            .FirstOrDefault(server => server.IsConnected);
        if (server is null)
        {
            return;
        }
        var asked = Stopwatch.GetTimestamp();
        var time = await server.TimeAsync().WaitAsync(bank.Value.RedisTimeout, cancellation);
        var halfTrip = Stopwatch.GetElapsedTime(asked) / 2;
        var unixMs = new DateTimeOffset(time, TimeSpan.Zero).ToUnixTimeMilliseconds();
        Volatile.Write(
            ref reading,
            new Reading(unixMs + (long)halfTrip.TotalMilliseconds, Stopwatch.GetTimestamp()));
    }

    private sealed record Reading(long UnixMs, long Ticks);

    [LoggerMessage(EventId = 1020, Level = LogLevel.Warning, Message = "Redis did not tell the time: {Reason}")]
    private partial void LogAway(string reason);
}
