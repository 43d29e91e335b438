using System.Globalization;
using BankAccounts.ServiceDefaults.Redis;
using BankAccounts.Store.V1;
using Google.Protobuf;
using StackExchange.Redis;

namespace BankAccounts.ProjectionService;

/// <summary>
/// Operators' state of one partition: which process folds it, where it stands, halted and why. Kept in
/// Redis, so that anyone can ask about all partitions. It decides nothing.
/// </summary>
public sealed class OwnerReport(IDatabase database, int partition, string instance, TimeSpan timeout)
{
    /// <summary>The field of what is not settled, by channel: StoredSendings.</summary>
    public const string Sendings = "sendings";

    /// <summary>The owner begins to read the state in Redis.</summary>
    public Task LoadingAsync(CancellationToken cancellation) =>
        WriteAsync("loading", string.Empty, cancellation);

    /// <summary>The partition is being folded.</summary>
    /// <param name="position">Up to where it is known to be in Redis.</param>
    /// <param name="isBehind">Whether that is before the end that the log had when the owner began.</param>
    /// <param name="sendings">The channels that have transfers which are not settled.</param>
    /// <param name="cancellation">Ends the wait for Redis.</param>
    public Task FoldingAsync(
        long position, bool isBehind, StoredSendings sendings, CancellationToken cancellation) =>
        WriteAsync(
            isBehind ? "rebuilding" : "folding",
            string.Empty,
            cancellation,
            new HashEntry("position", position),
            new HashEntry("oldest_unsettled_at", sendings.Channels
                .Select(channel => channel.RecordedAtMs).DefaultIfEmpty(0).Min()),
            new HashEntry(Sendings, sendings.ToByteArray()));

    /// <summary>The partition is halted.</summary>
    public async Task HaltedAsync(string why, CancellationToken cancellation)
    {
        try
        {
            await WriteAsync("halted", why, cancellation);
        }
        catch (Exception away) when (away is RedisException or TimeoutException or OperationCanceledException)
        {
            // The log and the health check say it as well.
        }
    }

    private Task WriteAsync(
        string state, string why, CancellationToken cancellation, params HashEntry[] more) =>
        database.HashSetAsync(
            RedisKeys.Owner(partition),
            [
                new HashEntry("instance", instance),
                new HashEntry("process_id", Environment.ProcessId),
                new HashEntry("state", state),
                new HashEntry("why", why),
                new HashEntry("seen_at", DateTime.UtcNow.ToString("O", CultureInfo.InvariantCulture)),
                .. more,
            ])
        .WaitAsync(timeout, cancellation);
}
