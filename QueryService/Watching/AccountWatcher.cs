using BankAccounts.QueryService.Grpc;
using BankAccounts.QueryService.Redis;
using BankAccounts.V1;
using Grpc.Core;
using StackExchange.Redis;

namespace BankAccounts.QueryService.Watching;

/// <summary>One watcher's place in a history: what it sent last, and what comes next.</summary>
public sealed class AccountWatcher(HistoryReader reader, AccountId id, long version, long next, long position)
{
    private static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(500);

    /// <summary>
    /// So many entries a watcher holds while its caller does not take them: few, since there are many watchers.
    /// </summary>
    private const int EntriesAtOnce = 32;

    private long version = version;
    private long next = next;
    private long position = position;

    /// <summary>Sends every change up to now.</summary>
    public async Task FollowAsync(
        IServerStreamWriter<WatchAccountResponse> stream, CancellationToken cancellation)
    {
        HistorySlice slice;
        do
        {
            slice = await ReadAsync(cancellation);
            if (slice.Entries.Count == 0 && next <= slice.Account.Entries)
            {
                // A script that died midway: the account is there and its entries are not, until it is mended.
                await Task.Delay(LookAgain, cancellation);
            }
            foreach (var entry in slice.Entries)
            {
                next = entry.Number + 1;
                // What was refused makes no new version.
                if (entry.Decision.Version > version)
                {
                    version = entry.Decision.Version;
                    await stream.WriteAsync(
                        new WatchAccountResponse
                        {
                            Account = Answers.AccountOf(id, slice.Account, entry),
                            Entry = Answers.EntryOf(id, entry),
                            Position = new Position { Partition = id.Partition, Offset = Answers.OffsetOf(entry) },
                        },
                        cancellation);
                }
            }
        }
        while (next <= slice.Account.Entries);
    }

    /// <summary>
    /// Reads on, as soon as Redis stands at least where it stood before: while it is away, or is being folded
    /// again, there is nothing to tell.
    /// </summary>
    private async Task<HistorySlice> ReadAsync(CancellationToken cancellation)
    {
        while (true)
        {
            try
            {
                var reading = await reader.ReadAsync(id, next, next + EntriesAtOnce - 1, cancellation);
                if (reading is { IsBehind: false, Value: { } slice } && reading.Position >= position)
                {
                    position = reading.Position;
                    return slice;
                }
            }
            catch (Exception away) when (away is RedisException or TimeoutException)
            {
                // Its health check says so; the caller needs to know only what comes after.
            }
            await Task.Delay(LookAgain, cancellation);
        }
    }
}
