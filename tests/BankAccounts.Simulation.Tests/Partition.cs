using System.Text;
using BankAccounts.Log.V1;
using BankAccounts.ProjectionService.Ledger;

namespace BankAccounts.Simulation.Tests;

/// <summary>One partition: its log, what is on its way to it, its Redis, and who folds it.</summary>
internal sealed class Partition
{
    public Partition(int number, Fault fault)
    {
        Number = number;
        Redis = new SimulatedRedis(fault);
        Model = new Model(number);
    }

    public int Number { get; }

    public List<LogEntry> Log { get; } = [];

    public Model Model { get; }

    public SimulatedRedis Redis { get; }

    /// <summary>What Redis held at some earlier time.</summary>
    public SimulatedRedis? Snapshot { get; set; }

    /// <summary>Sends that the broker may still write, in the order in which they were handed over.</summary>
    public List<Send> OnTheirWay { get; } = [];

    /// <summary>Who believes that the partition is theirs; the last one is right.</summary>
    public List<Owner> Owners { get; } = [];

    /// <summary>Commits of owners that are gone, which may still reach Redis.</summary>
    public List<PendingCommit> Late { get; } = [];

    /// <summary>Writes a record at the end of the log.</summary>
    public void Append(byte[]? key, byte[]? value)
    {
        var entry = new LogEntry(Log.Count, key, value);
        Log.Add(entry);
        Model.Fold(entry);
    }

    public static Send SendOf(LogRecord record, Action? acknowledged = null)
    {
        if (!AccountId.TryRead(PossibleRecord.AccountOf(record).Span, out var account))
        {
            throw new ViolationException("A record is for no account.");
        }
        return new Send(Encoding.ASCII.GetBytes(account.ToString()), LogFrame.Encode(record), acknowledged);
    }
}

/// <summary>A record that was handed over to the client library.</summary>
internal sealed record Send(byte[] Key, byte[] Value, Action? Acknowledged);
