using System.Diagnostics.Metrics;
using System.Globalization;
using BankAccounts.ServiceDefaults.Observability;

namespace BankAccounts.ProjectionService;

/// <summary>
/// What is measured of each partition that this process owns, whenever somebody looks.
/// docs/OBSERVABILITY.md has the table.
/// </summary>
public sealed class ProjectionGauges : Gauges
{
    private readonly ProjectorGroup group;

    /// <summary>Measures the partitions of a group.</summary>
    public ProjectionGauges(ProjectorGroup group)
    {
        this.group = group;
        Add("bank.partition.position", "{record}", "The next offset: all before it is in Redis.",
            projector => projector.ConfirmedPosition is >= 0 and var position ? position : null);
        Add("bank.partition.lag", "{record}", "Records of the log that are not in Redis yet.",
            projector => projector.Lag);
        Add("bank.partition.queued", "{record}", "Records that were read and are not folded yet.",
            projector => projector.Queued);
        Add("bank.partition.halted", "{partition}", "1 while the partition is halted, otherwise 0.",
            projector => projector.Halted is null ? 0 : 1);
        Add("bank.channel.halted", "{channel}", "Channels of transfers towards the partition that are halted.",
            projector => projector.HaltedChannelCount);
        Add("bank.transfers.unsettled", "{transfer}", "Transfers debited in the partition and not settled.",
            projector => projector.Unsettled.Count);
        Meter.CreateObservableGauge(
            "bank.transfers.oldest_age",
            () => Measure<double>(projector => projector.Unsettled.OldestAge.TotalSeconds),
            "s",
            "How long ago the oldest transfer that is not settled was asked for; 0 if there is none.");
    }

    private void Add(string name, string unit, string description, Func<PartitionProjector, long?> valueOf) =>
        Meter.CreateObservableGauge(name, () => Measure(valueOf), unit, description);

    private IEnumerable<Measurement<T>> Measure<T>(Func<PartitionProjector, T?> valueOf)
        where T : struct =>
        from projector in @group.Projectors
        let value = valueOf(projector)
        where value is not null
        select new Measurement<T>(value.Value, new KeyValuePair<string, object?>(
            "bank.partition", projector.Partition.ToString(CultureInfo.InvariantCulture)));
}
