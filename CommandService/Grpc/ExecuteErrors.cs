using System.Globalization;
using BankAccounts.ServiceDefaults.Grpc;
using Status = Google.Rpc.Status;

namespace BankAccounts.CommandService.Grpc;

/// <summary>The errors that only streams of batches have.</summary>
internal static class ExecuteErrors
{
    /// <summary>A message has more commands than it may; the stream ends.</summary>
    public static Status TooLarge(int count) => BankErrors.StatusOf(
        Reasons.BatchTooLarge,
        string.Create(
            CultureInfo.InvariantCulture,
            $"A message has at most {Bounds.MaxBatchCommands} commands, not {count}; none of them was appended."),
        [new("max_commands", Bounds.MaxBatchCommands.ToString(CultureInfo.InvariantCulture))]);

    /// <summary>The result of a command for which there was no room until the reading ended.</summary>
    public static Status NoPlace(CancellationToken stopping) => BankErrors.StatusOf(
        stopping.IsCancellationRequested ? Reasons.ShuttingDown : Reasons.DeadlineTooShort,
        "The stream ends before there was room for the command. Nothing was appended.");

    /// <summary>What ends a stream whose reading ended before its caller was done.</summary>
    public static Status EndOfReading(CancellationToken stopping) => BankErrors.StatusOf(
        stopping.IsCancellationRequested ? Reasons.ShuttingDown : Reasons.StreamDeadline);
}
