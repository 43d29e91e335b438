using BankAccounts.ProjectionService.Log;
using BankAccounts.ProjectionService.Rebuilding;
using BankAccounts.ProjectionService.Verification;
using BankAccounts.ServiceDefaults;
using BankAccounts.ServiceDefaults.Grpc;
using BankAccounts.V1;
using Grpc.Core;
using Microsoft.Extensions.Options;
using StackExchange.Redis;

namespace BankAccounts.ProjectionService.Grpc;

/// <summary>Rebuilds partitions, a few at a time: Redis holds no more of them twice.</summary>
public sealed class RebuildCall(
    IConnectionMultiplexer redis, LogCursors cursors, GenerationCleaner cleaner, IOptions<BankOptions> bank)
{
    /// <summary>
    /// While Redis takes a batch of one, the process folds the next of another. More would wait for each other, and
    /// the calls that are served meanwhile for them.
    /// </summary>
    private const int MaxAtOnce = 2;

    private int isRunning;

    /// <summary>Streams the progress; a partition's last message says that it is done.</summary>
    /// <exception cref="RpcException">Another one is running.</exception>
    public async Task RunAsync(
        IReadOnlyList<int> partitions, IServerStreamWriter<RebuildResponse> responses, CancellationToken cancellation)
    {
        if (Interlocked.Exchange(ref isRunning, 1) == 1)
        {
            throw BankErrors.Create(Reasons.RebuildRunning);
        }
        try
        {
            // A stream takes one message at a time.
            using var turn = new SemaphoreSlim(1);
            var atOnce = new ParallelOptions { MaxDegreeOfParallelism = MaxAtOnce, CancellationToken = cancellation };
            await Parallel.ForEachAsync(
                partitions, atOnce, (partition, cancelled) => RebuildAsync(partition, AnswerAsync, cancelled));

            async Task AnswerAsync(RebuildResponse response)
            {
                await turn.WaitAsync(cancellation);
                try
                {
                    await responses.WriteAsync(response, cancellation);
                }
                finally
                {
                    turn.Release();
                }
            }
        }
        finally
        {
            Volatile.Write(ref isRunning, 0);
        }
    }

    private async ValueTask RebuildAsync(
        int partition, Func<RebuildResponse, Task> answer, CancellationToken cancellation)
    {
        var pace = new ProgressPace();
        var database = redis.GetDatabase();
        var timeout = bank.Value.RedisTimeout;
        using var cursor = cursors.Open(partition);
        var rebuild = new PartitionRebuild(
            partition,
            new GenerationStore(database, partition, timeout),
            new ChunkReader(database, partition, timeout),
            cursor,
            ReportAsync);
        try
        {
            await rebuild.RunAsync(cancellation);
        }
        catch
        {
            cleaner.Request(partition, after: TimeSpan.Zero);
            throw;
        }
        cleaner.Request(partition, GenerationStore.OldKeysStay);

        Task ReportAsync(RebuildProgress progress) => progress.IsLive || pace.IsDue()
            ? answer(Describe(progress))
            : Task.CompletedTask;
    }

    private static RebuildResponse Describe(RebuildProgress progress) => new()
    {
        Partition = progress.Built.Partition,
        Generation = progress.Built.Generation,
        Position = progress.Head.Position,
        TargetPosition = progress.TargetPosition,
        Done = progress.IsLive,
        LogDigest = progress.IsLive ? Convert.ToHexStringLower(progress.Head.LogDigest) : string.Empty,
        DecisionDigest = progress.IsLive ? Convert.ToHexStringLower(progress.Head.DecisionDigest) : string.Empty,
    };
}
