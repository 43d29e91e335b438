namespace BankAccounts.Simulation.Tests;

/// <summary>How a schedule ends: everything heals, comes to rest, and must be as was promised.</summary>
internal sealed partial class Schedule
{
    /// <summary>I9: without further faults everything comes to rest, and no transfer is left on its way.</summary>
    private void Heal()
    {
        isHealing = true;
        foreach (var partition in partitions)
        {
            partition.Owners.ToList().ForEach(owner => Drop(partition, owner));
            while (partition.Late.Count > 0)
            {
                Land(partition);
            }
            partition.Owners.Add(NewOwner(partition));
        }
        for (var round = 0; !partitions.All(IsAtRest); round++)
        {
            if (round >= MaxHealingRounds)
            {
                throw new ViolationException($"no rest after {round} rounds: {string.Join("; ", partitions.Select(Describe))}");
            }
            foreach (var partition in partitions)
            {
                while (partition.OnTheirWay.Count > 0)
                {
                    Deliver(partition);
                }
                StepOwner(partition, partition.Owners[0]);
            }
            clock.NowMs += 500;
        }
    }

    /// <summary>A partition whose log was truncated is at rest once it is halted.</summary>
    private bool IsAtRest(Partition partition) => partition.IsTruncated
        ? partition.Owners[0].Halted is not null
        : UnsettledOf(partition) == 0
            // A halted channel asks for ever; that is no unrest.
            && (partition.Owners[0].IsIdle || hasOrphans)
            && partition.OnTheirWay.Count == 0
            && partition.Redis.IsUsable
            && partition.Redis.Head.Position == partition.Log.Count;

    /// <summary>How many transfers are not final, but for those that wait for an operator.</summary>
    private int UnsettledOf(Partition partition) => partition.Model.Sent
        .Where(sent => !partitions[sent.Key].IsTruncated
            && !partitions[sent.Key].Model.Halted.ContainsKey(partition.Number))
        .Sum(sent => sent.Value.Count(transfer => transfer.FinalAt == long.MaxValue));

    private string Describe(Partition partition) =>
        $"partition {partition.Number}: {UnsettledOf(partition)} unsettled, idle: {partition.Owners[0].IsIdle},"
        + $" {partition.OnTheirWay.Count} on their way, halted: {partition.Owners[0].Halted ?? "no"}";

    private void CheckTheEnd()
    {
        Checks.MoneyIsConserved(partitions);
        foreach (var partition in partitions)
        {
            Checks.Require(partition.Redis.IsUsable, $"partition {partition.Number} was not folded anew");
            Checks.RedisIsTheModel(partition);
            Checks.OneEffectPerRequest(partition);
            Counts.Transfers += partition.Model.Sent.Values.Sum(sent => sent.Count);
            Counts.Refunds += partition.Model.Sent.Values.Sum(sent => sent.Count(transfer => transfer.IsRefund));
            Counts.Records += partition.Log.Count;
            if (partition.IsTruncated)
            {
                Checks.NothingWasReset(partition);
                continue;
            }
            appenders.ForEach(appender => Checks.AcknowledgedAreDecidedOnce(partition, appender));
            if (fault == Fault.None)
            {
                RebuildsToTheSame(partition);
            }
        }
    }

    /// <summary>I6: another owner, other batches, from offset 0: the same, byte for byte.</summary>
    private void RebuildsToTheSame(Partition partition)
    {
        var before = partition.Redis.Copy();
        partition.Redis.Flush();
        partition.Owners[0] = NewOwner(partition);
        isRebuilding = true;
        for (var steps = 0; !partition.Owners[0].IsIdle; steps++)
        {
            Checks.Require(steps < 10_000, $"a rebuild of {partition.Number} does not end");
            StepOwner(partition, partition.Owners[0]);
        }
        isRebuilding = false;
        Checks.Require(partition.Redis.HoldsTheSameAs(before), $"a rebuild of {partition.Number} is another state");
    }
}
