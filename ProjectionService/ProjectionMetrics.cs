using System.Diagnostics;
using System.Diagnostics.Metrics;
using BankAccounts.ProjectionService.Ledger;
using BankAccounts.ProjectionService.Tracing;
using BankAccounts.ServiceDefaults;
using BankAccounts.ServiceDefaults.Observability;

namespace BankAccounts.ProjectionService;

/// <summary>What is measured of each batch. docs/OBSERVABILITY.md has the table.</summary>
public static class ProjectionMetrics
{
    private static readonly Histogram<int> BatchSize = Telemetry.Meter.CreateHistogram(
        "bank.batch.size", "{record}", "Records of one batch.", tags: null, Buckets.Records);

    private static readonly Histogram<double> FoldDuration = Telemetry.Meter.CreateHistogram(
        "bank.fold.duration", "s", "Folding one batch and encoding its commit.", tags: null, Buckets.Seconds);

    private static readonly Histogram<double> CommitDuration = Telemetry.Meter.CreateHistogram(
        "bank.commit.duration", "s", "The commit of one batch to Redis.", tags: null, Buckets.Seconds);

    private static readonly Counter<long> Refusals = Telemetry.Meter.CreateCounter<long>(
        "bank.commit.refusals", "{refusal}", "Commits and looks that found Redis elsewhere than this owner left it.");

    private static readonly Counter<long> Decisions = Telemetry.Meter.CreateCounter<long>(
        "bank.decisions", "{decision}", "Decisions that were committed.");

    private static readonly Counter<long> Voids = Telemetry.Meter.CreateCounter<long>(
        "bank.voids", "{record}", "Records that were committed as counting for nothing.");

    /// <summary>A batch was folded.</summary>
    public static void Folded(int records, long startTimestamp)
    {
        BatchSize.Record(records);
        FoldDuration.Record(Stopwatch.GetElapsedTime(startTimestamp).TotalSeconds);
    }

    /// <summary>A batch was committed.</summary>
    public static void Committed(long startTimestamp) =>
        CommitDuration.Record(Stopwatch.GetElapsedTime(startTimestamp).TotalSeconds);

    /// <summary>Redis stood elsewhere.</summary>
    public static void Refused() => Refusals.Add(1);

    /// <summary>What a committed batch decided.</summary>
    public static void Count(Changes changes)
    {
        if (!Decisions.Enabled)
        {
            return;
        }
        var decisions = changes.Answers
            .Where(answer => answer.Decision is not null)
            .CountBy(answer => (
                answer.To.BodyCase, Outcome: AnswerNames.OutcomeOf(answer), Reason: AnswerNames.Of(answer)));
        foreach (var (decided, count) in decisions)
        {
            Decisions.Add(
                count,
                new("bank.command", CommandNames.Of(decided.BodyCase)),
                new("bank.outcome", decided.Outcome),
                new("bank.reason", decided.Reason ?? "NONE"));
        }
        foreach (var (reason, count) in changes.Voids.CountBy(@void => @void.Reason))
        {
            Voids.Add(count, new KeyValuePair<string, object?>("bank.reason", StoreNames.Of(reason)));
        }
    }
}
