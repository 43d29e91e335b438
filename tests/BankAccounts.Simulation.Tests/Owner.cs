using BankAccounts.Log.V1;
using BankAccounts.ProjectionService;
using BankAccounts.ProjectionService.Ledger;
using BankAccounts.ProjectionService.Log;
using BankAccounts.ProjectionService.Transfers;
using Google.Protobuf;

namespace BankAccounts.Simulation.Tests;

/// <summary>
/// A projector of one partition: the real loop, session, ledger and sender, a turn at a time. It may have
/// been replaced without knowing it.
/// </summary>
internal sealed class Owner(
    Partition partition,
    SimulatedStore store,
    ProjectionOptions options,
    Func<LogRecord, bool> send,
    SimulatedClock clock,
    Fault fault)
{
    private ProjectionSession? session;
    private ProjectionLoop? loop;
    private Task? busy;
    private bool hasSeenTruncation;
    private long lookAgainAtMs;

    public SimulatedStore Store { get; } = store;

    /// <summary>How many sessions ended by a refusal of the store.</summary>
    public int Refusals { get; private set; }

    /// <summary>Why it is halted; null while it is not.</summary>
    public string? Halted { get; private set; }

    /// <summary>Whether everything in the log is folded and confirmed.</summary>
    public bool IsIdle => busy is null && session is { HasCommitUnderWay: false }
        && session.ConfirmedPosition == partition.Log.Count;

    /// <summary>All that decides what this owner does next.</summary>
    public string Describe() => session is null
        ? $"none {Store.Pending is not null} {busy is not null}"
        : $"{session.ConfirmedPosition} {session.Ledger.Head.Position} {session.HasCommitUnderWay} {busy is not null}"
            + $" {Store.Pending?.Commit.Keys.Generation} {Store.Pending?.Commit.From} {Store.Pending?.Outcome}"
            + $" {string.Join(',', session.Ledger.Accounts.Entries.OrderBy(entry => entry.Key.ToString()))}"
            + $" {string.Join(',', session.Ledger.Producers.Entries.Select(entry => $"{entry.Key} {entry.Value?.Highest}"))}";

    /// <summary>Goes on until it has to wait for Redis, by at most so many records.</summary>
    public void Step(int maxRecords)
    {
        if (busy is { IsCompleted: false } || (session is null && Store.Pending is not null)
            || (Halted is not null && clock.NowMs < lookAgainAtMs))
        {
            return;
        }
        try
        {
            Halted = null;
            busy?.GetAwaiter().GetResult();
            busy = null;
            LookAtTheLogAfterAnError();
            busy = session is null ? BeginAsync() : FoldAsync(session, maxRecords);
            if (busy.IsCompleted)
            {
                busy.GetAwaiter().GetResult();
                busy = null;
            }
        }
        catch (HaltException halt)
        {
            (busy, session, loop) = (null, null, null);
            Halted = halt.Message;
            lookAgainAtMs = clock.NowMs + (long)options.HaltLookInterval.TotalMilliseconds;
        }
        catch (Exception failed) when
            (failed is ProjectionService.Redis.CommitRefusedException or TimeoutException or LogLostException)
        {
            // As a projector does: drop what is in memory; a commit under way is waited for first.
            Refusals += failed is ProjectionService.Redis.CommitRefusedException ? 1 : 0;
            (busy, session, loop) = (null, null, null);
        }
    }

    /// <summary>A log that is cut comes with an error of a broker or a change of leader.</summary>
    private void LookAtTheLogAfterAnError()
    {
        if (partition.IsTruncated && !hasSeenTruncation && fault != Fault.NoLookAtTheLog)
        {
            hasSeenTruncation = true;
            if (session is not null)
            {
                throw new LogLostException("A broker had an error.");
            }
        }
    }

    private async Task BeginAsync()
    {
        var sender = new TransferSender((record, _) => send(record), clock, options.MaxTransfersPerRecord);
        var fresh = await ProjectionSession.BeginAsync(Store, options, sender.Follow, CancellationToken.None);
        var head = fresh.Ledger.Head;
        if (fault != Fault.NoLookAtTheLog)
        {
            LogContinuity.RequireWithin(partition.Number, head, start: 0, partition.Log.Count);
            if (head.LastOffset >= 0)
            {
                LogContinuity.RequireLast(partition.Number, head, partition.Log[(int)head.LastOffset]);
            }
        }
        (session, loop) = (fresh, new ProjectionLoop(partition.Number, fresh, sender, partition.Log.Count));
    }

    private Task FoldAsync(ProjectionSession current, int maxRecords)
    {
        loop!.SendDue();
        var next = (int)current.Ledger.Head.Position;
        var count = Math.Min(fault == Fault.NoCreditSequence ? 1 : maxRecords, Math.Max(0, partition.Log.Count - next));
        var batch = count == 0 ? [] : partition.Log.GetRange(next, count);
        return loop.TurnAsync(
            fault == Fault.NoCreditSequence ? batch.ConvertAll(entry => Changed(entry, current)) : batch,
            CancellationToken.None);
    }

    /// <summary>Without the rule of the credit sequence every credit is the next one.</summary>
    private LogEntry Changed(LogEntry entry, ProjectionSession current)
    {
        if (fault != Fault.NoCreditSequence
            || LogFrame.Decode(entry.Value, out var record) != FrameKind.Record
            || record!.TransferCredit is not { } credit
            || !AccountId.TryRead(credit.FromAccountId.Span, out var source)
            || !current.Ledger.Incoming.TryGetValue(source.Partition, out var channel))
        {
            return entry;
        }
        credit.Sequence = channel.LastSequence + 1;
        credit.Chain = ByteString.CopyFrom(channel.ChainThrough(credit));
        return entry with { Value = LogFrame.Encode(record) };
    }
}

/// <summary>A clock that only the schedule moves.</summary>
internal sealed class SimulatedClock : TimeProvider
{
    public long NowMs { get; set; } = 1_700_000_000_000;

    public override long TimestampFrequency => 1_000;

    public override long GetTimestamp() => NowMs;
}
