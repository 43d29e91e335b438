using BankAccounts.Log.V1;
using BankAccounts.ProjectionService.Ledger;
using BankAccounts.Store.V1;
using BankAccounts.Tests.Logs;
using Google.Protobuf;

namespace BankAccounts.Ledger.Tests;

/// <summary>
/// Given a log, when one more record comes, then exactly this. The records are real frames in a real
/// log, and the ledger is the whole of it, in memory.
/// </summary>
internal sealed class LedgerSpec
{
    /// <summary>The ledger under test.</summary>
    public PartitionLedger Ledger { get; init; } = PartitionLedger.StartInMemory(Records.Partition);

    /// <summary>The log that it folds.</summary>
    public LogWriter Log { get; } = new();

    /// <summary>What the last record changed.</summary>
    public Changes Last { get; private set; } = new();

    /// <summary>What the destination's owner has to send after the last record.</summary>
    public TransferSettleEvent Answer => Assert.Single(Last.Settlements).TransferSettle;

    public static LedgerSpec Given(params LogRecord[] commands)
    {
        var spec = new LedgerSpec();
        Array.ForEach(commands, command => spec.When(command));
        return spec;
    }

    /// <summary>An account that is there without having been opened by a record.</summary>
    public LedgerSpec And(AccountId id, Account account)
    {
        Ledger.Accounts.Set(id, account, batch: 0);
        return this;
    }

    /// <summary>The newest entries of an account; what they have to be is for the tests of leaves to say.</summary>
    public ByteString LeafOf(AccountId id) => Ledger.Accounts[id]?.Leaf ?? ByteString.Empty;

    /// <summary>A command comes.</summary>
    public LedgerSpec When(LogRecord command) => When(Log.AppendOne(command));

    /// <summary>A record comes.</summary>
    public LedgerSpec When(LogEntry entry)
    {
        Last = new Changes();
        Ledger.Apply(Ledger.Read(entry), Last);
        return this;
    }

    /// <summary>A record with any key and value comes.</summary>
    public LedgerSpec When(byte[]? key, byte[]? value) => When(Log.AppendRaw(key, value));

    /// <summary>A record that is in the log already comes again.</summary>
    public LedgerSpec WhenAgain(LogEntry entry) => When(Log.AppendAgain(entry));

    /// <summary>The last record was accepted.</summary>
    public LedgerSpec ThenAccepted(long balance, long version) =>
        ThenDecided(Reason.Unspecified, balance, version, Log.NextOffset - 1);

    /// <summary>The last record was refused.</summary>
    public LedgerSpec ThenRefused(Reason reason, long balance, long version) =>
        ThenDecided(reason, balance, version, Log.NextOffset - 1);

    /// <summary>The last record was a transfer, and its money is on its way.</summary>
    public LedgerSpec ThenPending(long balance, long version)
    {
        var answer = Assert.Single(Last.Answers);
        var offset = Log.NextOffset - 1;
        Assert.Equal(new Decision(Reason.Unspecified, balance, version, offset, IsPending: true), answer.Decision);
        Assert.Equal(offset, answer.Offset);
        return this;
    }

    /// <summary>The last record made the transfer at this offset final.</summary>
    public LedgerSpec ThenFinal(long offset, Reason reason, long balance, long version)
    {
        var answer = Assert.Single(Last.Answers);
        Assert.Equal(new Decision(reason, balance, version, offset), answer.Decision);
        Assert.Equal(offset, answer.Offset);
        Assert.Empty(Last.Voids);
        return this;
    }

    /// <summary>The last record was answered with this decision, and with nothing else.</summary>
    public LedgerSpec ThenDecided(Reason reason, long balance, long version, long offset)
    {
        var answer = Assert.Single(Last.Answers);
        Assert.Equal(new Decision(reason, balance, version, offset), answer.Decision);
        Assert.Equal(Log.NextOffset - 1, answer.Offset);
        Assert.Null(answer.Void);
        Assert.Empty(Last.Voids);
        return this;
    }

    /// <summary>The last record counted for nothing and changed nothing.</summary>
    public LedgerSpec ThenVoid(VoidReason reason, long firstOffset = ProducerWindow.NoOffset)
    {
        var note = new VoidRecord(Log.NextOffset - 1, reason, firstOffset);
        Assert.Equal(note, Assert.Single(Last.Voids));
        Assert.All(Last.Answers, answer => Assert.Equal((note, null), (answer.Void, answer.Decision)));
        return ThenNothingChanged();
    }

    /// <summary>The last record changed no account, no request, no process and no history.</summary>
    public LedgerSpec ThenNothingChanged()
    {
        Assert.Empty(Last.Accounts);
        Assert.Empty(Last.History);
        Assert.Empty(Last.Requests);
        Assert.Empty(Last.Remembered);
        return this;
    }
}
