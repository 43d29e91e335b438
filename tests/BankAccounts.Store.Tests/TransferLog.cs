using BankAccounts.Log.V1;
using BankAccounts.ProjectionService.Ledger;
using BankAccounts.ProjectionService.Log;
using BankAccounts.Tests.Logs;
using static BankAccounts.Tests.Logs.Records;

namespace BankAccounts.Store.Tests;

/// <summary>
/// Logs of some partitions, appended to as the appenders and the partitions' owners do, with everything
/// that was asked folded at once.
/// </summary>
internal sealed class TransferLog
{
    private const int PartitionCount = 8;

    private readonly Dictionary<int, Side> sides = [];

    /// <summary>The log of a partition.</summary>
    public List<LogEntry> Of(int partition) => SideOf(partition).Writer.Entries;

    /// <summary>Begins a partition with entries that are there already.</summary>
    public TransferLog BeginWith(int partition, IEnumerable<LogEntry> entries)
    {
        foreach (var entry in entries)
        {
            var side = SideOf(partition);
            side.Writer.AppendRaw(entry.Key, entry.Value);
            side.Fold(entry);
        }
        return this;
    }

    /// <summary>Appends a command where its account lives.</summary>
    public TransferLog Append(LogRecord command)
    {
        var bytes = PossibleRecord.AccountOf(command);
        Assert.True(AccountId.TryRead(bytes.Span, out var account));
        var side = SideOf(account.Partition);
        side.Fold(side.Writer.AppendRaw(
            LogWriter.KeyOf(account), LogFrame.Encode(side.Writer.Complete(command))));
        return this;
    }

    /// <summary>Appends the credit of a channel's transfer, and of those behind it up to another.</summary>
    public TransferLog Credit(int source, int destination, long sequence, long? through = null)
    {
        var channel = SideOf(source).Ledger.Outgoing[destination];
        var transfers = Enumerable.Range((int)sequence, (int)((through ?? sequence) - sequence) + 1)
            .Select(number => channel.Find(number)!);
        return Append(FollowUps.CreditOf([.. transfers], settledBelow: 1));
    }

    /// <summary>Appends the latest answer that a destination gave.</summary>
    public TransferLog Settle(int destination) => Append(SideOf(destination).Settlements[^1].Clone());

    /// <summary>A command to transfer.</summary>
    public static LogRecord Transfer(AccountId from, AccountId to, long amount) => new()
    {
        Transfer = new TransferEvent
        {
            FromAccountId = Bytes(from),
            ToAccountId = Bytes(to),
            Amount = amount,
            PartitionCount = PartitionCount,
        },
    };

    /// <summary>
    /// Partitions 3 and 4 with transfers of every kind, in every state: settled, refunded, unsettled,
    /// within the partition and to and from another one.
    /// </summary>
    public static TransferLog OfEveryKind()
    {
        var (alice, bob, carol, missing) = (Id(50), Id(51), Id(52, 4), Id(53, 4));
        return new TransferLog()
            .BeginWith(Partition, LogStep.LogOf(LogStep.Random(77, 400)))
            .Append(Create(alice)).Append(Create(bob)).Append(Create(carol))
            .Append(Deposit(alice, 1_000).As("first")).Append(Deposit(carol, 500))
            .Append(Transfer(alice, bob, 100).As("within")).Credit(3, 3, 1).Settle(3)
            .Append(Transfer(alice, carol, 70)).Append(Transfer(alice, missing, 60)).Append(Transfer(alice, carol, 50))
            .Append(Transfer(alice, carol, 40))
            .Credit(3, 4, 1).Settle(4).Credit(3, 4, 2).Settle(4).Credit(3, 4, 3)
            .Append(Transfer(alice, missing, 11)).Append(Transfer(alice, carol, 12)).Append(Transfer(alice, carol, 13))
            .Append(Transfer(alice, missing, 14)).Append(Transfer(alice, carol, 15))
            .Credit(3, 4, 3, through: 6).Settle(4).Credit(3, 4, 7, through: 9)
            .Append(Transfer(alice, carol, 16))
            .Append(Transfer(carol, bob, 30)).Credit(4, 3, 1)
            .Append(Transfer(carol, Id(99), 20)).Credit(4, 3, 2);
    }

    private Side SideOf(int partition)
    {
        if (!sides.TryGetValue(partition, out var side))
        {
            sides.Add(partition, side = new Side(partition));
        }
        return side;
    }

    private sealed class Side(int partition)
    {
        public LogWriter Writer { get; } = new(producer: 90 + partition);

        public PartitionLedger Ledger { get; } = PartitionLedger.StartInMemory(partition);

        public List<LogRecord> Settlements { get; } = [];

        public void Fold(in LogEntry entry)
        {
            var changes = new Changes();
            Ledger.Apply(Ledger.Read(entry), changes);
            Settlements.AddRange(changes.Settlements);
        }
    }
}

/// <summary>A log in memory, read as Kafka's is; something may happen before a record is given.</summary>
internal sealed class MemoryCursor(List<LogEntry> log, Action<LogEntry>? before = null) : ILogCursor
{
    private int next;

    public LogEntry Read(CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        if (next == log.Count)
        {
            throw new LogSilentException("The log ends.");
        }
        before?.Invoke(log[next]);
        return log[next++];
    }

    public void Dispose()
    {
    }
}
