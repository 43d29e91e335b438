using System.Diagnostics;
using System.Diagnostics.Metrics;
using BankAccounts.CommandService.Log;
using BankAccounts.ServiceDefaults;
using BankAccounts.ServiceDefaults.Observability;
using BankAccounts.Store.V1;

namespace BankAccounts.CommandService;

/// <summary>What is measured of each command. docs/OBSERVABILITY.md has the table.</summary>
public static class CommandMetrics
{
    private static readonly Histogram<double> Duration = Telemetry.Meter.CreateHistogram(
        "bank.command.duration", "s", "From the hand-over to Kafka to what the caller is told.",
        tags: null, Buckets.Seconds);

    private static readonly Histogram<double> AppendDuration = Telemetry.Meter.CreateHistogram(
        "bank.append.duration", "s", "From the hand-over to Kafka to its report.", tags: null, Buckets.Seconds);

    /// <summary>Kafka reported about a command.</summary>
    public static void Acknowledged(PendingCommand command, bool isStored)
    {
        if (AppendDuration.Enabled)
        {
            AppendDuration.Record(
                command.Age.TotalSeconds,
                new KeyValuePair<string, object?>("bank.outcome", isStored ? "stored" : "failed"));
        }
    }

    /// <summary>It is known what becomes of a command, or it is given up.</summary>
    public static void Completed(PendingCommand command, CommandOutcome outcome)
    {
        if (Duration.Enabled)
        {
            Duration.Record(
                command.Age.TotalSeconds,
                new("bank.command", CommandNames.Of(command.Kind)),
                new("bank.outcome", NameOf(command, outcome)));
        }
    }

    private static string NameOf(PendingCommand command, CommandOutcome outcome) => outcome.Result switch
    {
        AppendResult.Decided => outcome.Decision!.Reason == Reason.Unspecified ? "accepted" : "rejected",
        AppendResult.Stored => "stored",
        AppendResult.NotAppended => "not_appended",
        AppendResult.Unknown => command.Interim is null ? "unknown" : "pending",
        _ => throw new UnreachableException(),
    };
}
