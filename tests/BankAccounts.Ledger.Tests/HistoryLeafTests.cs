using BankAccounts.ProjectionService.Ledger;
using BankAccounts.Store.V1;
using BankAccounts.Tests.Logs;
using Google.Protobuf;
using static BankAccounts.Tests.Logs.Records;

namespace BankAccounts.Ledger.Tests;

/// <summary>An account carries its newest entries; every eighth makes a leaf full, which goes into the history.</summary>
public sealed class HistoryLeafTests
{
    [Fact]
    public void Entries_gather_with_the_account_until_they_fill_a_leaf()
    {
        var spec = LedgerSpec.Given(Create(Alice));
        for (var number = 2; number <= 20; number++)
        {
            spec.When(Deposit(Alice, number));
            Assert.Equal(
                Enumerable.Range(1, number).TakeLast(number % 8), EntriesOf(spec.LeafOf(Alice)).Select(Number));
            Assert.Equal(number % 8 == 0 ? [(Alice, number)] : [], spec.Last.Leaves.Select(
                leaf => (leaf.Account, (int)leaf.LastNumber)));
            Assert.All(spec.Last.Leaves, leaf => Assert.Equal(
                Enumerable.Range(number - 7, 8), EntriesOf(leaf.Entries).Select(Number)));
        }
    }

    [Fact]
    public void The_leaves_of_a_batch_are_its_history()
    {
        var ledger = PartitionLedger.StartInMemory(Partition);
        var changes = new Changes();
        var log = new LogWriter().Append(Create(Alice), Create(Bob));
        for (var i = 0; i < 50; i++)
        {
            log.Append(
                Deposit(Alice, 5, description: $"number {i}").As($"r{i}"), Withdraw(i % 3 == 0 ? Bob : Alice, 9),
                Transfer(Alice, Bob, 1, description: "to Bob"), Deposit(Alice, 1));
        }
        log.Entries.ForEach(entry => ledger.Apply(ledger.Read(entry), changes));

        foreach (var account in (AccountId[])[Alice, Bob])
        {
            var stored = changes.Leaves.Where(leaf => leaf.Account == account).Select(leaf => leaf.Entries)
                .Append(ledger.Accounts[account]!.Leaf)
                .SelectMany(EntriesOf);
            Assert.Equal(changes.History.Where(entry => entry.Account == account).Select(Stored), stored);
        }
        Assert.Contains(changes.Leaves, leaf => leaf.Account == Bob);
    }

    private static IEnumerable<StoredHistoryEntry> EntriesOf(ByteString leaf) =>
        StoredHistoryPage.Parser.ParseFrom(leaf).Entries;

    private static int Number(StoredHistoryEntry entry) => (int)entry.Number;

    private static StoredHistoryEntry Stored(HistoryEntry entry)
    {
        var stored = new StoredHistoryEntry();
        HistoryLeaves.Fill(stored, entry);
        return stored;
    }
}
