using System.Text;
using BankAccounts.Log.V1;
using BankAccounts.ProjectionService.Ledger;

namespace BankAccounts.Simulation.Tests;

/// <summary>One partition: its log, what is on its way to it, its Redis, and who folds it.</summary>
internal sealed class Partition
{
    private List<LogEntry>? lost;

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

    /// <summary>Whether the log lost records that Redis had folded. From then on nothing may change it.</summary>
    public bool IsTruncated => lost is not null;

    /// <summary>Where Redis stood when the log was truncated.</summary>
    public (long Generation, long Position) TruncatedAt { get; private set; }

    /// <summary>Writes a record at the end of the log.</summary>
    public void Append(byte[]? key, byte[]? value)
    {
        var entry = new LogEntry(Log.Count, key, value);
        if (lost is null)
        {
            Log.Add(entry);
            Model.Fold(entry);
        }
        else if (!WasLost(entry))
        {
            Log.Add(entry);
        }
    }

    /// <summary>
    /// The log loses its end, as after an unclean election. It may grow again, with other records; the
    /// model stays with what Redis has folded.
    /// </summary>
    public void Truncate(int end)
    {
        TruncatedAt = (Redis.Generation!.Value, Redis.Head.Position);
        lost = Log.GetRange(end, Log.Count - end);
        Log.RemoveRange(end, Log.Count - end);
    }

    /// <summary>The same record at the same offset would make it the same log again.</summary>
    private bool WasLost(LogEntry entry) =>
        lost!.Find(one => one.Offset == entry.Offset) is { Value: { } value } && entry.Value.AsSpan().SequenceEqual(value);

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
