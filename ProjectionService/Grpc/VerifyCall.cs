using System.Globalization;
using BankAccounts.ProjectionService.Log;
using BankAccounts.ProjectionService.Verification;
using BankAccounts.ServiceDefaults;
using BankAccounts.ServiceDefaults.Grpc;
using BankAccounts.V1;
using Grpc.Core;
using Microsoft.Extensions.Options;
using StackExchange.Redis;

namespace BankAccounts.ProjectionService.Grpc;

/// <summary>Verifies partitions one after the other, then the money over all of them.</summary>
public sealed class VerifyCall(IConnectionMultiplexer redis, LogCursors cursors, IOptions<BankOptions> bank)
{
    /// <summary>The live state may be replaced while it is compared; then its comparison begins again.</summary>
    private const int MaxTries = 5;

    private int isRunning;

    /// <summary>Streams the progress, then the verdict.</summary>
    /// <exception cref="RpcException">Another one is running.</exception>
    public async Task RunAsync(
        IReadOnlyList<int> partitions, IServerStreamWriter<VerifyResponse> responses, CancellationToken cancellation)
    {
        if (Interlocked.Exchange(ref isRunning, 1) == 1)
        {
            throw BankErrors.Create(Reasons.VerifyRunning);
        }
        try
        {
            var verdict = await VerifyAsync(partitions, responses, cancellation);
            await responses.WriteAsync(new VerifyResponse { Verdict = verdict }, cancellation);
        }
        finally
        {
            Volatile.Write(ref isRunning, 0);
        }
    }

    private async Task<VerifyVerdict> VerifyAsync(
        IReadOnlyList<int> partitions, IServerStreamWriter<VerifyResponse> responses, CancellationToken cancellation)
    {
        var verdict = new VerifyVerdict();
        var money = new List<PartitionMoney>();
        var pace = new ProgressPace();
        try
        {
            foreach (var partition in partitions)
            {
                var equal = await VerifyAsync(partition, ReportAsync, cancellation);
                money.Add(equal.Money);
                verdict.Partitions.Add(Describe(equal));
            }
            if (money.Count == bank.Value.PartitionCount)
            {
                verdict.Money = Describe(new MoneyCheck(money));
            }
            verdict.Equal = true;
        }
        catch (DifferenceFoundException found)
        {
            verdict.Difference = Describe(found.Difference);
        }
        return verdict;

        Task ReportAsync(VerificationProgress progress) => pace.IsDue()
            ? responses.WriteAsync(
                new VerifyResponse { Progress = Describe(progress, verdict.Partitions.Count, partitions.Count) },
                cancellation)
            : Task.CompletedTask;
    }

    private async Task<EqualPartition> VerifyAsync(
        int partition, Func<VerificationProgress, Task> report, CancellationToken cancellation)
    {
        var chunks = new ChunkReader(redis.GetDatabase(), partition, bank.Value.RedisTimeout);
        for (var tries = 1; ; tries++)
        {
            try
            {
                using var cursor = cursors.Open(partition);
                return await PartitionVerifier.RunAsync(chunks, cursor, report, cancellation);
            }
            catch (GenerationMovedException) when (tries < MaxTries)
            {
                // It begins again with the state that is live now.
            }
        }
    }

    private static VerifyProgress Describe(VerificationProgress progress, int done, int total) => new()
    {
        Partition = progress.Partition,
        FoldedRecords = progress.FoldedRecords,
        TargetPosition = progress.TargetPosition,
        ComparedEntries = progress.ComparedEntries,
        PartitionsDone = done,
        PartitionsTotal = total,
    };

    private static VerifiedPartition Describe(EqualPartition equal) => new()
    {
        Partition = equal.Partition,
        Position = equal.Position,
        LogDigest = Convert.ToHexStringLower(equal.LogDigest),
        DecisionDigest = Convert.ToHexStringLower(equal.DecisionDigest),
        ComparedEntries = equal.ComparedEntries,
    };

    private static LedgerDifference Describe(Difference difference) => new()
    {
        Partition = difference.Partition,
        Kind = difference.Kind,
        Key = difference.Key,
        Expected = difference.Expected,
        Found = difference.Found,
        Position = difference.Position,
    };

    private static MoneySums Describe(MoneyCheck money) => new()
    {
        Balances = money.Balances.ToString(CultureInfo.InvariantCulture),
        InFlight = money.InFlight.ToString(CultureInfo.InvariantCulture),
        Ahead = money.Ahead.ToString(CultureInfo.InvariantCulture),
        Deposits = money.Deposits.ToString(CultureInfo.InvariantCulture),
        Withdrawals = money.Withdrawals.ToString(CultureInfo.InvariantCulture),
    };
}
