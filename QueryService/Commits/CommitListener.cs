using BankAccounts.QueryService.Redis;
using BankAccounts.ServiceDefaults;
using BankAccounts.ServiceDefaults.Redis;
using BankAccounts.Store.V1;
using Microsoft.Extensions.Options;
using StackExchange.Redis;

namespace BankAccounts.QueryService.Commits;

/// <summary>
/// Hears what commits say, through one subscription for the whole process, and looks now and then where the
/// partitions stand that somebody is waiting for: Redis drops messages while a connection is away.
/// </summary>
public sealed partial class CommitListener(
    IConnectionMultiplexer redis,
    PartitionReader partitions,
    CommitFeed feed,
    IOptions<BankOptions> bank,
    IOptions<QueryOptions> options,
    ILogger<CommitListener> logger) : BackgroundService
{
    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var isSubscribed = false;
        using var timer = new PeriodicTimer(options.Value.LookInterval);
        do
        {
            try
            {
                if (!isSubscribed)
                {
                    await SubscribeAsync(stoppingToken);
                    isSubscribed = true;
                }
                await LookAsync(stoppingToken);
            }
            catch (Exception away) when (away is RedisException or TimeoutException)
            {
                LogAway(away.Message);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    /// <summary>Once asked for, the client keeps the subscription over reconnects.</summary>
    private Task SubscribeAsync(CancellationToken cancellation) => redis.GetSubscriber()
        .SubscribeAsync(
            new RedisChannel(RedisKeys.PatternOfCommitted, RedisChannel.PatternMode.Pattern),
            (_, message) => feed.Heard(CommittedBatch.Parser.ParseFrom((byte[])message!)))
        .WaitAsync(bank.Value.RedisTimeout, cancellation);

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
