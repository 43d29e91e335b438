using BankAccounts.Log.V1;
using BankAccounts.ProjectionService;
using BankAccounts.ProjectionService.Ledger;
using BankAccounts.ProjectionService.Transfers;
using Google.Protobuf;

namespace BankAccounts.Simulation.Tests;

/// <summary>
/// A projector's loop over one partition, a step at a time: the real session, ledger and sender. It may
/// have been replaced without knowing it.
/// </summary>
internal sealed class Owner(
    Partition partition,
    SimulatedStore store,
    ProjectionOptions options,
    Func<LogRecord, bool> send,
    TimeProvider clock,
    Fault fault)
{
    private ProjectionSession? session;
    private TransferSender? sender;
    private Task? busy;
    private long caughtUpAt;

    public SimulatedStore Store { get; } = store;

    /// <summary>How many sessions ended by a refusal of the store.</summary>
    public int Refusals { get; private set; }

    /// <summary>Whether everything in the log is folded and confirmed.</summary>
    public bool IsIdle => busy is null && session is { HasCommitUnderWay: false }
        && session.ConfirmedPosition == partition.Log.Count;

    /// <summary>All that decides what this owner does next.</summary>
    public string Describe() => session is null
        ? $"none {Store.Pending is not null} {busy is not null}"
        : $"{session.ConfirmedPosition} {session.Ledger.Head.Position} {session.HasCommitUnderWay} {busy is not null}"
            + $" {Store.Pending?.Commit.Keys.Generation} {Store.Pending?.Commit.From} {Store.Pending?.WasTaken}"
            + $" {string.Join(',', session.Ledger.Accounts.Entries.OrderBy(entry => entry.Key.ToString()))}"
            + $" {string.Join(',', session.Ledger.Producers.Entries.Select(entry => $"{entry.Key} {entry.Value?.Highest}"))}";

    /// <summary>Goes on until it has to wait for Redis, by at most so many records.</summary>
    public void Step(int maxRecords)
    {
        if (busy is { IsCompleted: false } || (session is null && Store.Pending is not null))
        {
            return;
        }
        try
        {
            busy?.GetAwaiter().GetResult();
            busy = null;
            busy = session is null ? BeginAsync() : FoldAsync(session, maxRecords);
            if (busy.IsCompleted)
            {
                busy.GetAwaiter().GetResult();
                busy = null;
            }
        }
        catch (Exception failed) when (failed is ProjectionService.Redis.CommitRefusedException or TimeoutException)
        {
            // As a projector does: drop what is in memory; a commit under way is waited for first.
            Refusals += failed is TimeoutException ? 0 : 1;
            (busy, session, sender) = (null, null, null);
        }
    }

    private async Task BeginAsync()
    {
        var fresh = new TransferSender(send, clock);
        session = await ProjectionSession.BeginAsync(Store, options, fresh.Follow, CancellationToken.None);
        sender = fresh;
        caughtUpAt = partition.Log.Count;
        if (session.ConfirmedPosition > partition.Log.Count)
        {
            throw new ViolationException("Redis is ahead of the log.");
        }
    }

    private Task FoldAsync(ProjectionSession current, int maxRecords)
    {
        if (current.ConfirmedPosition >= caughtUpAt)
        {
            sender!.Start(current.Ledger);
            sender.SendDue();
        }
        var count = fault == Fault.NoCreditSequence ? 1 : maxRecords;
        var batch = partition.Log.Skip((int)current.Ledger.Head.Position).Take(count).Select(entry => Changed(entry, current)).ToList();
        return batch.Count > 0 ? current.FoldAsync(batch, CancellationToken.None)
            : current.HasCommitUnderWay ? current.ConfirmAsync()
            : current.WatchAsync(CancellationToken.None);
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
        credit.Chain = ByteString.CopyFrom(Digests.AddTransfer(
            channel.Chain, credit.Sequence, credit.SourceOffset, credit.FromAccountId, credit.ToAccountId,
            credit.Amount, credit.CurrencyCode));
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
