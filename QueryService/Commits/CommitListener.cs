using System.Diagnostics;
using BankAccounts.QueryService.Redis;
using BankAccounts.ServiceDefaults;
using BankAccounts.ServiceDefaults.Redis;
using BankAccounts.Store.V1;
using Microsoft.Extensions.Options;
using StackExchange.Redis;

namespace BankAccounts.QueryService.Commits;

/// <summary>
/// Hears what commits say while somebody waits for it, through one subscription for the whole process, and looks now
/// and then where the partitions stand that somebody is waiting for: Redis drops messages while a connection is away.
/// </summary>
public sealed partial class CommitListener(
    IConnectionMultiplexer redis,
    PartitionReader partitions,
    CommitFeed feed,
    IOptions<BankOptions> bank,
    IOptions<QueryOptions> options,
    ILogger<CommitListener> logger) : BackgroundService
{
    private static readonly RedisChannel Commits =
        new(RedisKeys.PatternOfCommitted, RedisChannel.PatternMode.Pattern);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (true)
        {
            await feed.WantedAsync(stoppingToken);
            await ListenAsync(stoppingToken);
        }
    }

    /// <summary>Listens until nobody has waited for a while: each commit wakes whoever listens.</summary>
    private async Task ListenAsync(CancellationToken cancellation)
    {
        var unwantedSince = Stopwatch.StartNew();
        using var timer = new PeriodicTimer(options.Value.LookInterval);
        do
        {
            try
            {
                if (!feed.IsHeard)
                {
                    await SubscribeAsync(cancellation);
                    feed.BeginHearing();
                }
                // What was committed before the first message was not heard.
                await LookAsync(cancellation);
            }
            catch (Exception away) when (away is RedisException or TimeoutException)
            {
                LogAway(away.Message);
            }
            if (feed.IsWanted)
            {
                unwantedSince.Restart();
            }
        }
        while (await timer.WaitForNextTickAsync(cancellation)
            && unwantedSince.Elapsed < options.Value.ListenOn);
        await UnsubscribeAsync(cancellation);
    }

    /// <summary>Once asked for, the client keeps the subscription over reconnects.</summary>
    private Task SubscribeAsync(CancellationToken cancellation) => redis.GetSubscriber()
        .SubscribeAsync(Commits, (_, message) => feed.Heard(CommittedBatch.Parser.ParseFrom((byte[])message!)))
        .WaitAsync(bank.Value.RedisTimeout, cancellation);

    private async Task UnsubscribeAsync(CancellationToken cancellation)
    {
        feed.EndHearing();
        try
        {
            await redis.GetSubscriber().UnsubscribeAsync(Commits).WaitAsync(bank.Value.RedisTimeout, cancellation);
        }
        catch (Exception away) when (away is RedisException or TimeoutException)
        {
            // The client has forgotten the subscription and does not ask for it again when it is back.
            LogAway(away.Message);
        }
    }

    /// <summary>On a cluster some partitions may be away: the others are looked at all the same.</summary>
    private Task LookAsync(CancellationToken cancellation) =>
        Task.WhenAll(feed.Wanted.ToList().Select(async partition =>
        {
            try
            {
                var heardBefore = feed.PositionOf(partition);
                var reading = await partitions.ReadPositionAsync(partition, cancellation);
                feed.Seen(partition, reading?.Position ?? 0, heardBefore);
            }
            catch (Exception away) when (away is RedisException or TimeoutException)
            {
                LogAway(away.Message);
            }
        }));

    [LoggerMessage(EventId = 4101, Level = LogLevel.Warning, Message = "Redis is away: {Reason}")]
    private partial void LogAway(string reason);
}
