using BankAccounts.ProjectionService.Ledger;
using BankAccounts.ProjectionService.Tracing;
using BankAccounts.ProjectionService.Transfers;

namespace BankAccounts.ProjectionService;

/// <summary>
/// Folds one partition turn by turn, from one begin to the first failure: batch n + 1 is folded while
/// batch n is being committed. It has no thread, no clock and no log of its own: whoever drives it
/// gives it the records that come next.
/// </summary>
/// <param name="partition">The partition.</param>
/// <param name="session">The stretch of folding.</param>
/// <param name="sender">Carries its transfers on.</param>
/// <param name="caughtUpAt">The end that the log had when the stretch began.</param>
/// <param name="tracer">Shows what is done for each sampled command.</param>
public sealed class ProjectionLoop(
    int partition, ProjectionSession session, TransferSender sender, long caughtUpAt, BatchTracer? tracer = null)
{
    /// <summary>Whether the fold is before the end that the log had when it began.</summary>
    public bool IsBehind => session.ConfirmedPosition < caughtUpAt;

    /// <summary>Sends what is due of the transfers, but nothing during a replay.</summary>
    public void SendDue()
    {
        if (!IsBehind)
        {
            sender.Start(session.Ledger);
            sender.SendDue();
        }
    }

    /// <summary>
    /// Folds what was read. With nothing read, it waits for the commit under way; with none under way,
    /// it looks whether Redis still stands where the last commit left it.
    /// </summary>
    /// <exception cref="Redis.CommitRefusedException">Redis stands elsewhere.</exception>
    /// <exception cref="HaltException">A record is of a newer format; all before it is in Redis.</exception>
    public async Task TurnAsync(List<LogEntry> batch, CancellationToken cancellation)
    {
        if (batch.Count > 0)
        {
            await session.FoldAsync(batch, tracer, cancellation);
        }
        else if (session.HasCommitUnderWay)
        {
            await session.ConfirmAsync();
        }
        else
        {
            await session.WatchAsync(cancellation);
        }
        if (session.HaltsAt is { } offset)
        {
            await session.ConfirmAsync();
            throw new HaltException(
                $"Partition {partition} is halted: the record at offset {offset} is of a newer format.",
                needsNewerBuild: true);
        }
    }
}
