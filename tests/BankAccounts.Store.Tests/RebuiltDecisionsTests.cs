using BankAccounts.ProjectionService.Ledger;
using BankAccounts.ProjectionService.Redis;
using BankAccounts.ProjectionService.Verification;
using BankAccounts.ServiceDefaults.Redis;
using BankAccounts.Store.V1;
using BankAccounts.Tests.Logs;
using static BankAccounts.Tests.Logs.Records;

namespace BankAccounts.Store.Tests;

/// <summary>What a rebuild writes of decisions, and what it leaves out.</summary>
public sealed class RebuiltDecisionsTests
{
    [Fact]
    public void Decisions_that_are_gone_where_a_rebuild_is_to_end_are_not_written()
    {
        var written = new LogWriter().Append(Create(Alice));
        written.Append([.. Enumerable.Range(0, 299).Select(_ => Deposit(Alice, 1))]);
        var ledger = PartitionLedger.StartInMemory(Partition);
        var before = ledger.Head;
        var changes = new Changes();
        written.Entries.ForEach(entry => ledger.Apply(ledger.Read(entry), changes));
        var keys = new RedisKeys(Partition, 1);

        var live = new ExpectedStore();
        live.Apply(EncodedCommit.Of(keys, before, ledger, changes).Writes);
        var rebuilt = new ExpectedStore();
        rebuilt.Apply(EncodedCommit.Of(keys, before, ledger, changes, latestFor: RedisKeys.MaxDecisions + 257).Writes);

        Assert.Equal(256, DecisionChunk.Parser.ParseFrom(live.Text(keys.Decisions(chunk: 0))).Decisions.Count);
        Assert.Null(rebuilt.Text(keys.Decisions(chunk: 0)));
        Assert.Equal(44, DecisionChunk.Parser.ParseFrom(rebuilt.Text(keys.Decisions(chunk: 1))).Decisions.Count);
    }
}
