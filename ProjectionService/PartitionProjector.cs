using System.Diagnostics;
using BankAccounts.ProjectionService.History;
using BankAccounts.ProjectionService.Ledger;
using BankAccounts.ProjectionService.Log;
using BankAccounts.ProjectionService.Rebuilding;
using BankAccounts.ProjectionService.Redis;
using BankAccounts.ProjectionService.Tracing;
using BankAccounts.ProjectionService.Transfers;

namespace BankAccounts.ProjectionService;

/// <summary>
/// Folds one partition: take a batch, prefetch, fold, commit. Batch n + 1 is folded while batch n is
/// being committed. Whatever goes wrong, the answer is the same: drop what is in memory, and begin
/// again at the position that Redis holds.
/// </summary>
public sealed partial class PartitionProjector(
    PartitionFeed feed,
    PartitionStore store,
    FollowUpProducer followUps,
    LogEnds logEnds,
    OwnerReport report,
    GenerationCleaner cleaner,
    HistorySealer sealer,
    BatchTracer tracer,
    ProjectionOptions options,
    ILogger<PartitionProjector> logger)
{
    private const long NotKnown = -1;

    private readonly ChannelAlarm alarm = new(feed.Partition, logger);
    private long confirmedPosition = NotKnown;
    private long reportedAt;
    private volatile bool hasBegun;
    private volatile string? halted;
    private volatile bool needsNewerBuild;
    private volatile bool isBehind;
    private volatile UnsettledTransfers unsettled = UnsettledTransfers.None;

    /// <summary>The partition.</summary>
    public int Partition => feed.Partition;

    /// <summary>How many records were read and are not folded.</summary>
    public int Queued => feed.Queued;

    /// <summary>How many records of the log are not in Redis; null while that is not known.</summary>
    public long? Lag => ConfirmedPosition is >= 0 and var position && feed.LogEnd is { } end
        ? Math.Max(0, end - position)
        : null;

    /// <summary>The transfers from here that are not settled, as they were a moment ago.</summary>
    public UnsettledTransfers Unsettled => unsettled;

    /// <summary>How many channels towards the partition are halted.</summary>
    public int HaltedChannelCount => alarm.Count;

    /// <summary>The position up to which Redis is known to have everything; −1 while that is not known.</summary>
    public long ConfirmedPosition => Volatile.Read(ref confirmedPosition);

    /// <summary>Whether the partition is being folded.</summary>
    public bool HasBegun => hasBegun;

    /// <summary>Whether it is being folded up to the end that the log had when the owner began.</summary>
    public bool IsBehind => isBehind;

    /// <summary>Why the partition is halted; null while it is not.</summary>
    public string? Halted => halted;

    /// <summary>Which channels towards the partition are halted; null while none is.</summary>
    public string? HaltedChannels => alarm.Why;

    /// <summary>Whether it is halted for a record that only a newer build knows.</summary>
    public bool NeedsNewerBuild => needsNewerBuild;

    /// <summary>Folds until it is cancelled or halted. It does not throw.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        var failures = 0;
        while (!cancellation.IsCancellationRequested && halted is null)
        {
            try
            {
                await FoldAsync(() => failures = 0, cancellation);
            }
            catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
            {
                return;
            }
            catch (HaltException halt)
            {
                needsNewerBuild = halt.NeedsNewerBuild;
                halted = halt.Message;
                LogHalted(feed.Partition, halt.Message);
                await report.HaltedAsync(halt.Message, cancellation);
                await LookAgainLaterAsync(halt, cancellation);
            }
            catch (LogLostException lost)
            {
                // The next look at the log finds out why, and halts if it has to.
                LogLost(feed.Partition, lost.Message);
                await PauseAsync(failures++, cancellation);
            }
            catch (CommitRefusedException refused)
            {
                ProjectionMetrics.Refused();
                LogRefused(feed.Partition, refused.Message);
            }
            catch (Exception failed)
            {
                // Redis or Kafka is away, or this build has a defect: either way nothing was lost, and a
                // partition that stops silently would be worse than one that says so again and again.
                LogFailed(failed, feed.Partition);
                await PauseAsync(failures++, cancellation);
            }
        }
    }

    private async Task FoldAsync(Action onProgress, CancellationToken cancellation)
    {
        var sender = new TransferSender(
            followUps.TrySend, TimeProvider.System, options.MaxTransfersPerRecord);
        await report.LoadingAsync(cancellation);
        var session = await ProjectionSession.BeginAsync(
            store,
            options,
            changes =>
            {
                sender.Follow(changes);
                sealer.Follow(changes);
                ProjectionMetrics.Count(changes);
            },
            cancellation);
        var caughtUpAt = await CatchUpToAsync(session, cancellation);
        Volatile.Write(ref confirmedPosition, session.ConfirmedPosition);
        await RequireSameLogAsync(session, cancellation);
        var loop = new ProjectionLoop(feed.Partition, session, sender, caughtUpAt, tracer);
        await ReportAsync(session, loop, cancellation);
        // A predecessor's crashed rebuild may have left keys behind, and so may what this owner begins anew.
        cleaner.Request(feed.Partition, after: TimeSpan.Zero);
        hasBegun = true;
        try
        {
            await FoldAsync(session, loop, onProgress, cancellation);
        }
        finally
        {
            hasBegun = false;
            // A commit under way is let finish, within its bound: the next owner begins behind it.
            await session.DrainAsync();
        }
    }

    /// <summary>
    /// Reads the last record that was folded once more, and goes on behind it. If it is another one by
    /// now, the log was truncated and has grown again, was recreated, or is another one.
    /// </summary>
    private async Task RequireSameLogAsync(ProjectionSession session, CancellationToken cancellation)
    {
        var head = session.Ledger.Head;
        if (head.LastOffset < 0)
        {
            feed.Seek(head.Position);
            return;
        }
        feed.Seek(head.LastOffset);
        var patience = Stopwatch.StartNew();
        while (patience.Elapsed < options.LogLookTimeout)
        {
            cancellation.ThrowIfCancellationRequested();
            var read = await feed.TakeAsync(1, options.WatchInterval, cancellation);
            if (read.Count == 0)
            {
                continue;
            }
            LogContinuity.RequireLast(feed.Partition, head, read[0]);
            return;
        }
        throw new TimeoutException("The last record that was folded could not be read in time.");
    }

    private async Task FoldAsync(
        ProjectionSession session, ProjectionLoop loop, Action onProgress, CancellationToken cancellation)
    {
        while (true)
        {
            cancellation.ThrowIfCancellationRequested();
            loop.SendDue();
            tracer.PollStarts();
            var batch = await NextBatchAsync(session, cancellation);
            await loop.TurnAsync(batch, cancellation);
            if (batch.Count > 0)
            {
                onProgress();
            }
            if (isBehind != loop.IsBehind || Stopwatch.GetElapsedTime(reportedAt) >= options.WatchInterval)
            {
                await ReportAsync(session, loop, cancellation);
            }
            Volatile.Write(ref confirmedPosition, session.ConfirmedPosition);
        }
    }

    /// <summary>
    /// A full batch is folded beside a commit. A smaller one waits for the commit to end, and for what comes meanwhile:
    /// small commits would cost more than they save.
    /// </summary>
    private async ValueTask<List<LogEntry>> NextBatchAsync(ProjectionSession session, CancellationToken cancellation) =>
        !session.HasCommitUnderWay
            ? await feed.TakeAsync(options.MaxBatchRecords, options.WatchInterval, cancellation)
        : feed.Queued >= options.MaxBatchRecords ? feed.Take(options.MaxBatchRecords)
        : [];

    private Task ReportAsync(ProjectionSession session, ProjectionLoop loop, CancellationToken cancellation)
    {
        reportedAt = Stopwatch.GetTimestamp();
        alarm.Look(session.Ledger.Incoming.Values);
        isBehind = loop.IsBehind;
        var sendings = StoreCodec.EncodeSendings(session.Ledger.Outgoing.Values);
        unsettled = UnsettledTransfers.Of(sendings);
        return report.FoldingAsync(session.ConfirmedPosition, isBehind, sendings, cancellation);
    }

    /// <summary>
    /// Until the fold has reached the end that the log has now, reads say that they are behind, and no
    /// transfer is carried on. Returns that end.
    /// </summary>
    private async Task<long> CatchUpToAsync(ProjectionSession session, CancellationToken cancellation)
    {
        var (start, end) = await logEnds.OfAsync(feed.Partition, cancellation);
        var position = session.ConfirmedPosition;
        // An old broker's end can step back briefly after a failover.
        var seenEnd = position > end && await logEnds.ReachesAsync(feed.Partition, position, cancellation)
            ? position
            : end;
        LogContinuity.RequireWithin(feed.Partition, session.Ledger.Head, start, seenEnd);
        await store.SetCatchUpAsync(session.Keys, end, cancellation);
        return end;
    }

    private async Task LookAgainLaterAsync(HaltException halt, CancellationToken cancellation)
    {
        if (!halt.NeedsNewerBuild)
        {
            await Task.Delay(options.HaltLookInterval, cancellation)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            halted = null;
        }
    }

    private async Task PauseAsync(int failures, CancellationToken cancellation)
    {
        var delay = options.MinRetryDelay * Math.Pow(2, Math.Min(failures, 10));
        await Task.Delay(delay < options.MaxRetryDelay ? delay : options.MaxRetryDelay, cancellation)
            .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    [LoggerMessage(EventId = 2101, Level = LogLevel.Critical, Message = "{Why} (partition {Partition})")]
    private partial void LogHalted(int partition, string why);

    [LoggerMessage(EventId = 2104, Level = LogLevel.Warning, Message = "Partition {Partition}: {Why}")]
    private partial void LogLost(int partition, string why);

    [LoggerMessage(EventId = 2102, Level = LogLevel.Warning,
        Message = "Partition {Partition}: begins again, because {Why}")]
    private partial void LogRefused(int partition, string why);

    [LoggerMessage(EventId = 2103, Level = LogLevel.Error,
        Message = "Partition {Partition}: folding failed; begins again at the position in Redis.")]
    private partial void LogFailed(Exception failure, int partition);
}
