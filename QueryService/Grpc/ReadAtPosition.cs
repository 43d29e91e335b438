using System.Globalization;
using BankAccounts.QueryService.Redis;
using BankAccounts.ServiceDefaults.Grpc;
using BankAccounts.V1;
using Grpc.Core;
using StackExchange.Redis;

namespace BankAccounts.QueryService.Grpc;

/// <summary>
/// One read that honours <c>min_position</c> and <c>allow_stale</c>: it waits until the fold has passed
/// the position, and refuses to answer from a partition that is being folded again.
/// </summary>
public sealed class ReadAtPosition
{
    private readonly int partition;
    private readonly long minPosition;
    private readonly bool allowStale;

    /// <summary>A read of a partition.</summary>
    public ReadAtPosition(int partition, IEnumerable<Position> minPositions, bool allowStale)
    {
        this.partition = partition;
        this.allowStale = allowStale;
        minPosition = minPositions
            .Where(position => position.Partition == partition)
            .Select(position => position.Offset)
            .DefaultIfEmpty(-1)
            .Max();
    }

    /// <summary>Checks the field <c>min_position</c> of a request.</summary>
    public static void Check(FieldChecks fields, IEnumerable<Position> minPositions)
    {
        var partitions = new HashSet<int>();
        if (minPositions.Any(position =>
            position.Partition < 0 || position.Offset < 0 || !partitions.Add(position.Partition)))
        {
            fields.Add("min_position", "must name each partition at most once, with an offset from 0.");
        }
    }

    /// <summary>Reads as soon as the position is passed.</summary>
    /// <exception cref="RpcException">UNAVAILABLE or DEADLINE_EXCEEDED.</exception>
    public async Task<Reading<T>> ReadAsync<T>(
        Func<CancellationToken, Task<Reading<T>?>> read, ServerCallContext context)
        where T : class
    {
        using var wait = new PositionWait(context);
        while (true)
        {
            var reading = await TryReadAsync(read, context.CancellationToken);
            if (reading is null || (reading.IsBehind && !allowStale))
            {
                throw Rebuilding(reading?.Position ?? 0, reading?.CatchUpTo ?? 0);
            }
            if (reading.Position > minPosition)
            {
                return reading;
            }
            await wait.PauseAsync(partition, minPosition, reading.Position);
        }
    }

    private static async Task<Reading<T>?> TryReadAsync<T>(
        Func<CancellationToken, Task<Reading<T>?>> read, CancellationToken cancellation)
        where T : class
    {
        try
        {
            return await read(cancellation);
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
