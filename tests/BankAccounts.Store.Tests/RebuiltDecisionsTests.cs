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
        var keys = new RedisKeys(Partition, 1);
        const long end = RedisKeys.MaxDecisions + 257;

        var live = new ExpectedStore();
        live.Apply(CommitOf(written, keys, new Changes()).Writes);
        var rebuilt = new ExpectedStore();
        rebuilt.Apply(CommitOf(written, keys, new Changes(), end).Writes);
        var lean = new Changes { AnswersFrom = 256 };
        var leanly = CommitOf(written, keys, lean, end);

        Assert.Equal(44, lean.Answers.Count);
        Assert.Equal(CommitOf(written, keys, new Changes(), end).Writes, leanly.Writes);
        Assert.Equal(256, DecisionChunk.Parser.ParseFrom(live.Text(keys.Decisions(chunk: 0))).Decisions.Count);
        Assert.Null(rebuilt.Text(keys.Decisions(chunk: 0)));
        Assert.Equal(44, DecisionChunk.Parser.ParseFrom(rebuilt.Text(keys.Decisions(chunk: 1))).Decisions.Count);
    }

    private static EncodedCommit CommitOf(LogWriter written, RedisKeys keys, Changes changes, long? latestFor = null)
    {
        var ledger = PartitionLedger.StartInMemory(Partition);
        var before = ledger.Head;
        written.Entries.ForEach(entry => ledger.Apply(ledger.Read(entry), changes));
        return EncodedCommit.Of(keys, before, ledger, changes, latestFor);
    }
}
