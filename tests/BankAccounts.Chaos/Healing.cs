using System.Diagnostics;
using System.Globalization;
using BankAccounts.V1;
using Confluent.Kafka;
using Grpc.Core;
using StackExchange.Redis;

namespace BankAccounts.Chaos;

/// <summary>
/// Afterwards: everything runs again and settles, and then everything is asked for: what became of unknown commands,
/// every account with its history, and whether a rebuild gives the same.
/// </summary>
internal sealed class Healing(World world, Action<string> say)
{
    /// <summary>How long the bank may take to settle once everything runs again (I9).</summary>
    public static readonly TimeSpan SettlesWithin = TimeSpan.FromSeconds(120);

    /// <summary>How long a single call may take.</summary>
    public static readonly TimeSpan CallDeadline = TimeSpan.FromSeconds(20);

    /// <summary>Longer than a late copy of a record can be under way: the producers give up after 5 s.</summary>
    private static readonly TimeSpan QuietFor = TimeSpan.FromSeconds(6);

    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan LongDeadline = TimeSpan.FromMinutes(10);
    private const int RebuildAttempts = 5;

    private readonly HaltedPartitions halted = new(world);

    private LedgerService.LedgerServiceClient Ledger => world.Bank.Ledger;

    /// <summary>
    /// Starts whatever has ended, does what an operator does about halts, and waits until all of it is healthy. What does
    /// not become so in time is said: it has still the time to settle, and otherwise the verdict.
    /// </summary>
    public async Task HealAsync()
    {
        world.Bank.Redis.Proxy.Heal();
        using var healed = new CancellationTokenSource();
        var releasing = ReleaseAsync(healed.Token);
        try
        {
            await world.Bank.Replicas.HealAsync(ChaosBank.Names);
        }
        catch (TimeoutException late)
        {
            say(late.Message);
        }
        finally
        {
            await healed.CancelAsync();
            await releasing;
        }
    }

    /// <summary>
    /// Waits until nothing is behind, unsettled or halted, and nothing is appended any more. Whether it came to that in
    /// time.
    /// </summary>
    public async Task<bool> SettleAsync()
    {
        var clock = Stopwatch.StartNew();
        var quietSince = TimeSpan.Zero;
        var (missing, ends) = ("it was never looked at", string.Empty);
        while (clock.Elapsed < SettlesWithin + QuietFor)
        {
            var before = ends;
            (missing, ends) = await LookAsync();
            if (missing.Length > 0 || ends != before)
            {
                quietSince = clock.Elapsed;
            }
            if (clock.Elapsed - quietSince >= QuietFor)
            {
                break;
            }
            await Task.Delay(Look);
        }
        var settled = clock.Elapsed - QuietFor;
        world.Log.Note(new { Event = "healed", Quiet = missing.Length == 0, What = missing, settled.TotalSeconds });
        say(missing.Length == 0
            ? string.Create(CultureInfo.InvariantCulture, $"Settled after {settled.TotalSeconds:F1} s")
            : $"Not settled within {SettlesWithin}: {missing}");
        return missing.Length == 0;
    }

    /// <summary>Asks for everything that callers could ask for.</summary>
    public async Task AskAsync()
    {
        using var channel = Grpc.Net.Client.GrpcChannel.ForAddress(world.Bank.QueryAddress);
        var reads = new Reads(new QueryService.QueryServiceClient(channel), world.Population, world.Log);
        foreach (var (account, request) in world.Population.Unknown)
        {
            await reads.ResolveAsync(account, request, CallDeadline);
        }
        foreach (var account in world.Population.Accounts)
        {
            if (!await reads.ReadAsync(account, CallDeadline))
            {
                throw new ChaosException($"Account {account} cannot be read though everything runs.");
            }
            await reads.ReadHistoryAsync(account, CallDeadline);
        }
    }

    /// <summary>Verifies the ledger, builds all of it anew, and notes where it stood before and stands afterwards.</summary>
    public async Task RebuildAsync()
    {
        var standings = new Standings(world.Bank.Redis, world.Log);
        var before = await standings.AllAsync();
        await VerifyAsync();
        for (var partition = 0; partition < ChaosBank.Partitions; partition++)
        {
            await RebuildAsync(partition, RebuildAttempts);
        }
        world.Log.Note(new { Event = "rebuild", Before = before, After = await standings.AllAsync() });
    }

    /// <summary>The owner of what is halted, a partition or a channel, is unhealthy until an operator has looked.</summary>
    private async Task ReleaseAsync(CancellationToken end)
    {
        while (!end.IsCancellationRequested)
        {
            try
            {
                await HaltedChannels.ReleaseAsync(Ledger);
                await halted.GiveUpAsync();
            }
            catch (Exception away) when (away is RpcException or RedisException or TimeoutException or KafkaException)
            {
                // Not everything runs yet.
            }
            await Task.Delay(Look, end).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task<(string Missing, string Ends)> LookAsync()
    {
        try
        {
            await halted.GiveUpAsync();
            var released = await HaltedChannels.ReleaseAsync(Ledger);
            var status = await Ledger.GetStatusAsync(new GetStatusRequest(), deadline: DateTime.UtcNow + CallDeadline);
            var missing = released > 0
                ? ["channels were halted"]
                : status.Partitions.Where(one => one.State != PartitionState.Folding || one.Lag != 0
                    || one.UnsettledTransfers != 0 || one.HaltedChannels.Count > 0).Select(Describe);
            return (string.Join("; ", missing), string.Join(' ', status.Partitions.Select(one => one.EndOffset)));
        }
        catch (Exception away) when (away is RpcException or RedisException or TimeoutException or KafkaException)
        {
            return (away.Message, string.Empty);
        }
    }

    private static string Describe(PartitionStatus one) => string.Create(
        CultureInfo.InvariantCulture,
        $"partition {one.Partition} is {one.State} at {one.Position} of {one.EndOffset}")
        + string.Create(CultureInfo.InvariantCulture, $" with {one.UnsettledTransfers} unsettled {one.HaltedReason}");

    private async Task VerifyAsync()
    {
        using var call = Ledger.Verify(new VerifyRequest(), deadline: DateTime.UtcNow + LongDeadline);
        await foreach (var step in call.ResponseStream.ReadAllAsync())
        {
            if (step.Verdict is { } verdict)
            {
                world.Log.Note(new
                {
                    Event = "verify",
                    verdict.Equal,
                    Difference = verdict.Difference?.ToString() ?? string.Empty,
                });
            }
        }
    }

    private async Task RebuildAsync(int partition, int attempts)
    {
        try
        {
            using var call = Ledger.Rebuild(
                new RebuildRequest { Partitions = { partition } }, deadline: DateTime.UtcNow + LongDeadline);
            await foreach (var _ in call.ResponseStream.ReadAllAsync())
            {
                // Only its end matters here.
            }
        }
        catch (RpcException error) when (attempts > 1
            && error.StatusCode is StatusCode.Aborted or StatusCode.Unavailable or StatusCode.ResourceExhausted)
        {
            await Task.Delay(Look);
            await RebuildAsync(partition, attempts - 1);
        }
        catch (RpcException error) when (Answer.Of(error).Reason == "NO_LIVE_STATE")
        {
            // Nothing was ever appended to it.
        }
    }
}
