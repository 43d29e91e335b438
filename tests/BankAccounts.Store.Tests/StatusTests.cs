using BankAccounts.ProjectionService;
using BankAccounts.ProjectionService.Grpc;
using BankAccounts.ProjectionService.Rebuilding;
using BankAccounts.ProjectionService.Redis;
using BankAccounts.ServiceDefaults;
using BankAccounts.V1;
using Microsoft.Extensions.Options;
using static BankAccounts.Tests.Logs.Records;

namespace BankAccounts.Store.Tests;

/// <summary>Whoever asks is told how a partition is, from Redis alone.</summary>
public sealed class StatusTests(Redis redis) : StoreTest(redis)
{
    [Fact]
    public async Task A_partition_that_nobody_has_begun_has_no_owner_no_position_and_no_digests()
    {
        Assert.Equal(
            new PartitionStatus
            {
                Partition = Partition,
                Position = -1,
                EndOffset = -1,
                Lag = -1,
                RebuildPosition = -1,
                Counters = new LedgerCounters(),
            },
            await StatusAsync());
    }

    [Fact]
    public async Task It_tells_owner_position_digests_counters_and_what_is_unsettled()
    {
        var log = TransferLog.OfEveryKind().Of(Partition);
        await FoldAsync(log);
        var (keys, ledger) = await Redis.Store().LoadAsync(CancellationToken.None);
        await Report().FoldingAsync(
            log.Count, isBehind: false, StoreCodec.EncodeSendings(ledger.Outgoing.Values), CancellationToken.None);
        var built = await new GenerationStore(Redis.Database, Partition, Redis.Timeout).BeginAsync();

        var status = await StatusAsync();

        Assert.Equal(PartitionState.Folding, status.State);
        Assert.Equal("box/77", status.OwnerInstance);
        Assert.Equal(Environment.ProcessId, status.OwnerProcessId);
        Assert.InRange(DateTime.UtcNow - status.SeenTime.ToDateTime(), TimeSpan.Zero, TimeSpan.FromMinutes(1));
        Assert.Equal(keys.Generation, status.Generation);
        Assert.Equal(log.Count, status.Position);
        Assert.Equal(Convert.ToHexStringLower(ledger.Head.LogDigest), status.LogDigest);
        Assert.Equal(Convert.ToHexStringLower(ledger.Head.DecisionDigest), status.DecisionDigest);
        Assert.Equal(4, status.UnsettledTransfers);
        Assert.True(status.OldestUnsettledMs > 1_000_000);
        Assert.Equal(0, status.RebuildPosition);
        Assert.True(built.Generation > keys.Generation);
        Assert.Equal(
            (ledger.Head.Accepted, ledger.Head.Rejected, ledger.Head.Repeated, ledger.Head.Voids),
            (status.Counters.Accepted, status.Counters.Rejected, status.Counters.RepeatedRequests, status.Counters.Voids));
        Assert.Equal((2, 1, 7), (status.Counters.Credited, status.Counters.Refused, status.Counters.Settled));
    }

    [Fact]
    public async Task It_tells_what_the_owner_does_and_why_it_halted()
    {
        await Report().LoadingAsync(CancellationToken.None);
        Assert.Equal(PartitionState.Loading, (await StatusAsync()).State);
        await Report().FoldingAsync(5, isBehind: true, new(), CancellationToken.None);
        Assert.Equal(PartitionState.Rebuilding, (await StatusAsync()).State);
        await Report().HaltedAsync("because", CancellationToken.None);
        var halted = await StatusAsync();
        Assert.Equal((PartitionState.Halted, "because"), (halted.State, halted.HaltedReason));
        await Report().FoldingAsync(5, isBehind: false, new(), CancellationToken.None);
        Assert.Equal((PartitionState.Folding, ""), ((await StatusAsync()).State, (await StatusAsync()).HaltedReason));
    }

    private OwnerReport Report() => new(Redis.Database, Partition, "box/77", Redis.Timeout);

    private Task<PartitionStatus> StatusAsync() =>
        new StatusReader(Redis.Connection, Options.Create(new BankOptions { RedisTimeout = Redis.Timeout }))
            .ReadAsync(Partition, CancellationToken.None);
}
