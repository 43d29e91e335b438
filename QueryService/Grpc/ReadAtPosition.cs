using System.Globalization;
using BankAccounts.QueryService.Commits;
using BankAccounts.QueryService.Redis;
using BankAccounts.ServiceDefaults.Grpc;
using BankAccounts.ServiceDefaults.Redis;
using Grpc.Core;
using StackExchange.Redis;

namespace BankAccounts.QueryService.Grpc;

/// <summary>
/// Reads of one partition that honour <c>min_position</c> and <c>allow_stale</c>: they wait until the fold has
/// passed the position, and refuse to answer from a partition that is being folded again.
/// </summary>
/// <param name="feed">What is heard of commits.</param>
/// <param name="context">The call, for its deadline.</param>
/// <param name="partition">The partition.</param>
/// <param name="minOffset">The offset that the fold must have passed; −1 for none.</param>
/// <param name="allowStale">Whether to answer while the partition is behind.</param>
/// <param name="stopping">Cancelled when this server stops.</param>
public sealed class ReadAtPosition(
    CommitFeed feed,
    ServerCallContext context,
    int partition,
    long minOffset,
    bool allowStale,
    CancellationToken stopping)
{
    /// <summary>The partition.</summary>
    public int Partition => partition;

    /// <summary>The same, of a later position if this one is.</summary>
    public ReadAtPosition NotBefore(long offset) =>
        new(feed, context, partition, Math.Max(minOffset, offset), allowStale, stopping);

    /// <summary>
    /// The same for what cannot be another after this offset: only that the fold is behind it has to be waited for.
    /// </summary>
    public ReadAtPosition Unchanging(long offset) =>
        new(feed, context, partition, Math.Max(minOffset, offset), allowStale: true, stopping);

    /// <summary>Reads as soon as the position is passed.</summary>
    /// <exception cref="RpcException">UNAVAILABLE or DEADLINE_EXCEEDED.</exception>
    public async Task<Reading<T>> ReadAsync<T>(Func<CancellationToken, Task<Reading<T>?>> read)
        where T : class
    {
        using var wait = new PositionWait(feed, context, stopping);
        while (true)
        {
            var reading = await TryReadAsync(read);
            if (reading is null || (reading.IsBehind && !allowStale))
            {
                throw Rebuilding(reading?.Position ?? 0, reading?.CatchUpTo ?? 0);
            }
            if (reading.Position > minOffset)
            {
                return reading;
            }
            await wait.PauseAsync(partition, minOffset, reading.Position);
        }
    }

    private async Task<Reading<T>?> TryReadAsync<T>(Func<CancellationToken, Task<Reading<T>?>> read)
        where T : class
    {
        try
        {
            return await read(context.CancellationToken);
        }
        catch (RedisBusyException)
        {
            throw BankErrors.Create(Reasons.Overloaded);
        }
        catch (Exception away) when (away is RedisException or TimeoutException)
        {
            throw BankErrors.Create(Reasons.RedisUnavailable);
        }
    }

    private RpcException Rebuilding(long position, long catchUpTo) => BankErrors.Create(
        Reasons.Rebuilding,
        metadata:
        [
            new("partition", partition.ToString(CultureInfo.InvariantCulture)),
            new("position", position.ToString(CultureInfo.InvariantCulture)),
            new("catch_up_to", catchUpTo.ToString(CultureInfo.InvariantCulture)),
        ]);
}
