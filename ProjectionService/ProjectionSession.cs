using System.Diagnostics;
using BankAccounts.ProjectionService.Ledger;
using BankAccounts.ProjectionService.Redis;
using BankAccounts.ProjectionService.Tracing;
using BankAccounts.ServiceDefaults.Redis;

namespace BankAccounts.ProjectionService;

/// <summary>
/// One unbroken stretch of folding a partition: the ledger in memory, and at most one commit under way.
/// The first refusal or failure ends it; nothing of it is used again.
/// </summary>
public sealed class ProjectionSession
{
    private readonly LedgerStore store;
    private readonly ProjectionOptions options;
    private readonly PartitionLedger ledger;
    private Task? commit;
    private Changes? committing;
    private long commitTo;
    private long commitBatch;
    private long confirmedBatch;

    private ProjectionSession(
        LedgerStore store, ProjectionOptions options, RedisKeys keys, PartitionLedger ledger)
    {
        this.store = store;
        this.options = options;
        Keys = keys;
        this.ledger = ledger;
        ConfirmedPosition = ledger.Head.Position;
    }

    /// <summary>The keys of the generation that it folds into.</summary>
    public RedisKeys Keys { get; }

    /// <summary>The position of the last commit that is known to have been taken.</summary>
    public long ConfirmedPosition { get; private set; }

    /// <summary>Whether a commit is under way.</summary>
    public bool HasCommitUnderWay => commit is not null;

    /// <summary>The offset of a record of a newer format; everything before it is folded.</summary>
    public long? HaltsAt { get; private set; }

    /// <summary>The ledger as it is in memory, which may be ahead of the confirmed position.</summary>
    public PartitionLedger Ledger => ledger;

    private Action<Changes>? Confirmed { get; init; }

    /// <summary>Begins at the position that Redis holds.</summary>
    /// <param name="store">The partition's state.</param>
    /// <param name="options">The bounds.</param>
    /// <param name="confirmed">Is told what each batch changed, once its commit is confirmed.</param>
    /// <param name="cancellation">Ends the wait for Redis.</param>
    public static async Task<ProjectionSession> BeginAsync(
        LedgerStore store,
        ProjectionOptions options,
        Action<Changes>? confirmed,
        CancellationToken cancellation)
    {
        var (keys, ledger) = await store.LoadAsync(cancellation);
        return new ProjectionSession(store, options, keys, ledger) { Confirmed = confirmed };
    }

    /// <summary>Folds a batch, and commits it once the one before is confirmed.</summary>
    public Task FoldAsync(List<LogEntry> batch, CancellationToken cancellation) =>
        FoldAsync(batch, tracer: null, cancellation);

    /// <summary>
    /// Folds a batch in the traces of its commands, and commits it once the one before is confirmed. If its records
    /// carry so many transfers on that it would be too large for one commit, it is several.
    /// </summary>
    public async Task FoldAsync(List<LogEntry> batch, BatchTracer? tracer, CancellationToken cancellation)
    {
        var records = Read(batch);
        var steps = 0;
        var first = 0;
        for (var next = 0; next < records.Count; next++)
        {
            if (next > first && steps + records[next].Steps > options.MaxBatchRecords)
            {
                await FoldAsync(records[first..next], tracer, cancellation);
                cancellation.ThrowIfCancellationRequested();
                (first, steps) = (next, 0);
            }
            steps += records[next].Steps;
        }
        if (records.Count > first)
        {
            await FoldAsync(records[first..], tracer, cancellation);
        }
    }

    private async Task FoldAsync(List<LedgerRecord> records, BatchTracer? tracer, CancellationToken cancellation)
    {
        ledger.Batch++;
        var trace = tracer?.Begin(records);
        try
        {
            await PrefetchAsync(records, trace, cancellation);
            var changes = new Changes();
            var next = Fold(records, changes);
            trace?.Decided(changes);
            await ConfirmAsync();
            commitTo = next.To;
            commitBatch = ledger.Batch;
            committing = changes;
            commit = CommitAsync(next, trace);
        }
        catch (Exception failure)
        {
            trace?.Fail(failure);
            throw;
        }
        Evict();
    }

    /// <summary>Waits for the commit under way, if there is one.</summary>
    public async Task ConfirmAsync()
    {
        if (commit is null)
        {
            return;
        }
        await commit;
        commit = null;
        ConfirmedPosition = commitTo;
        confirmedBatch = commitBatch;
        Confirmed?.Invoke(committing!);
    }

    /// <summary>Waits for the commit under way, whatever becomes of it.</summary>
    public async Task DrainAsync()
    {
        if (commit is not null)
        {
            await commit.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Looks whether Redis still stands where the last commit left it.</summary>
    public Task WatchAsync(CancellationToken cancellation) =>
        store.PrefetchAsync(
            Keys, ledger, PrefetchNeeds.Of([], ledger), ConfirmedPosition, cancellation);

    /// <summary>What of a batch is not folded yet, up to a record of a newer format.</summary>
    private List<LedgerRecord> Read(List<LogEntry> batch)
    {
        var position = ledger.Head.Position;
        var records = new List<LedgerRecord>(batch.Count);
        foreach (var entry in batch)
        {
            if (HaltsAt is not null)
            {
                break;
            }
            if (entry.Offset < position)
            {
                continue;
            }
            var record = ledger.Read(entry);
            if (record.IsOfNewerFormat)
            {
                HaltsAt = entry.Offset;
                break;
            }
            records.Add(record);
        }
        return records;
    }

    private async Task PrefetchAsync(
        List<LedgerRecord> records, BatchTrace? trace, CancellationToken cancellation)
    {
        var needs = PrefetchNeeds.Of(records, ledger);
        if (!needs.AreNone)
        {
            trace?.BeginScript("prefetch.lua");
            await store.PrefetchAsync(Keys, ledger, needs, ConfirmedPosition, cancellation);
            trace?.EndScript();
        }
    }

    private EncodedCommit Fold(List<LedgerRecord> records, Changes changes)
    {
        var began = Stopwatch.GetTimestamp();
        var before = ledger.Head;
        changes.History.EnsureCapacity(records.Count);
        changes.Answers.EnsureCapacity(records.Count);
        foreach (var record in records)
        {
            ledger.Apply(record, changes);
        }
        var next = EncodedCommit.Of(Keys, before, ledger, changes).Telling(changes);
        ProjectionMetrics.Folded(records.Count, began);
        return next;
    }

    private async Task CommitAsync(EncodedCommit next, BatchTrace? trace)
    {
        var began = Stopwatch.GetTimestamp();
        trace?.BeginScript("commit.lua");
        try
        {
            await store.CommitAsync(next, CancellationToken.None);
        }
        catch (Exception failure)
        {
            trace?.Fail(failure);
            throw;
        }
        trace?.End();
        ProjectionMetrics.Committed(began);
    }

    private void Evict()
    {
        ledger.Accounts.Evict(options.MaxCachedAccounts, confirmedBatch, ledger.Batch);
        ledger.Requests.Evict(options.MaxCachedAccounts, confirmedBatch, ledger.Batch);
        ledger.Producers.Evict(options.MaxCachedProducers, confirmedBatch, ledger.Batch);
    }
}
