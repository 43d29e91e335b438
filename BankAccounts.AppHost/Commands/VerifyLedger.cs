using System.Globalization;
using BankAccounts.V1;
using Grpc.Core;
using Microsoft.Extensions.Logging;

namespace BankAccounts.AppHost.Commands;

/// <summary>Asks whether Redis holds what the log says.</summary>
internal static partial class VerifyLedger
{
    public static async Task<ExecuteCommandResult> RunAsync(
        LedgerService.LedgerServiceClient ledger, ExecuteCommandContext context)
    {
        using var call = ledger.Verify(new VerifyRequest(), cancellationToken: context.CancellationToken);
        var done = -1;
        await foreach (var step in call.ResponseStream.ReadAllAsync(context.CancellationToken))
        {
            if (step.Verdict is { } verdict)
            {
                return ResultOf(verdict);
            }
            // A line for each partition is enough: a long log is told of a hundred times.
            if (step.Progress.PartitionsDone > done)
            {
                done = step.Progress.PartitionsDone;
                LogProgress(context.Logger, done, step.Progress.PartitionsTotal);
            }
        }
        return CommandResults.Failure("The verification ended without a verdict.");
    }

    private static ExecuteCommandResult ResultOf(VerifyVerdict verdict)
    {
        if (!verdict.Equal)
        {
            var difference = verdict.Difference;
            return CommandResults.Failure(
                string.Create(CultureInfo.InvariantCulture,
                    $"Partition {difference.Partition} differs at position {difference.Position}: ")
                + $"{difference.Kind} {difference.Key}.",
                Text($"the log says  {difference.Expected}\nRedis holds   {difference.Found}"));
        }
        var entries = verdict.Partitions.Sum(partition => partition.ComparedEntries);
        var records = verdict.Partitions.Sum(partition => partition.Position);
        var money = verdict.Money;
        return CommandResults.Success(
            string.Create(CultureInfo.InvariantCulture,
                $"Redis holds what the log says: {verdict.Partitions.Count} partitions, {records} records, ")
            + string.Create(CultureInfo.InvariantCulture, $"{entries} entries compared."),
            Text($"balances {money.Balances} + in flight {money.InFlight} − ahead {money.Ahead} "
                + $"= deposits {money.Deposits} − withdrawals {money.Withdrawals}"));
    }

    private static CommandResultData Text(string text) => new() { Value = text, DisplayImmediately = true };

    [LoggerMessage(EventId = 1, Level = LogLevel.Information, Message = "Verified {Done} of {Total} partitions.")]
    private static partial void LogProgress(ILogger logger, int done, int total);
}
