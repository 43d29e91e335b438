using BankAccounts.ProjectionService;
using BankAccounts.ProjectionService.Ledger;
using BankAccounts.ProjectionService.Redis;
using BankAccounts.Tests.Logs;

namespace BankAccounts.Store.Tests;

/// <summary>What tests of the store do to it.</summary>
[Collection(OneRedis.Name)]
public abstract class StoreTest(Redis redis) : IAsyncLifetime
{
    protected Redis Redis { get; } = redis;

    public Task InitializeAsync() => Redis.ForgetAllAsync();

    public Task DisposeAsync() => Task.CompletedTask;

    protected Task<ProjectionSession> BeginAsync(ProjectionOptions? options = null) => ProjectionSession.BeginAsync(
        Redis.Store(), options ?? new ProjectionOptions(), confirmed: null, CancellationToken.None);

    /// <summary>Folds what a session has not folded yet of a log, in batches, and waits for the last commit.</summary>
    protected static async Task FoldAsync(ProjectionSession session, IEnumerable<LogEntry> log, params int[] batchSizes)
    {
        var rest = log.Where(entry => entry.Offset >= session.ConfirmedPosition).ToList();
        for (var (from, turn) = (0, 0); from < rest.Count; turn++)
        {
            var batch = rest.Skip(from).Take(batchSizes[turn % batchSizes.Length]).ToList();
            await session.FoldAsync(batch, CancellationToken.None);
            from += batch.Count;
        }
        await session.ConfirmAsync();
    }

    /// <summary>Folds a log with a session of its own.</summary>
    protected async Task FoldAsync(IEnumerable<LogEntry> log, params int[] batchSizes) =>
        await FoldAsync(await BeginAsync(), log, batchSizes.Length == 0 ? [1_000] : batchSizes);

    /// <summary>Redis holds exactly what the model holds, and no mark.</summary>
    private protected async Task ThenRedisHolds(MemoryStore expected) =>
        Assert.Equal(expected.Dump(), await Redis.DumpAsync(await Redis.GenerationAsync()));

    /// <summary>A commit of what comes next, not sent yet.</summary>
    protected async Task<EncodedCommit> EncodeAsync(IEnumerable<LogEntry> log)
    {
        var store = Redis.Store();
        var (keys, ledger) = await store.LoadAsync(CancellationToken.None);
        var before = ledger.Head;
        var records = log.Where(entry => entry.Offset >= before.Position).Select(entry => ledger.Read(entry)).ToList();
        await store.PrefetchAsync(
            keys, ledger, PrefetchNeeds.Of(records, ledger), before.Position, CancellationToken.None);
        var changes = new Changes();
        records.ForEach(record => ledger.Apply(record, changes));
        return EncodedCommit.Of(keys, before, ledger, changes).Telling(changes);
    }

    protected Task CommitAsync(EncodedCommit commit) => Redis.Store().CommitAsync(commit, CancellationToken.None);

    /// <summary>A log of every kind of record.</summary>
    protected static List<LogEntry> RandomLog(int seed, int count) => LogStep.LogOf(LogStep.Random(seed, count));
}
