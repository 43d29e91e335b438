using BankAccounts.Log.V1;
using BankAccounts.ProjectionService;
using BankAccounts.Tests.Logs;
using Google.Protobuf;
using static BankAccounts.Tests.Logs.Records;

namespace BankAccounts.Simulation.Tests;

/// <summary>
/// One run of the whole bank, every choice of which follows from its seed: who does the next step, what is
/// lost, doubled, late or overtaken, who dies, and what Redis forgets. Then everything heals, and what was
/// promised must hold.
/// </summary>
internal sealed partial class Schedule
{
    private const int MaxHealingRounds = 600;

    private readonly Random random;
    private readonly Fault fault;
    private readonly Partition[] partitions;
    private readonly List<Appender> appenders = [];
    private readonly List<LogRecord> asked = [];
    private readonly SimulatedClock clock = new();
    private readonly int lossPercent;
    private readonly int chaosPercent;
    private readonly ProjectionOptions options;
    private readonly ByteString followUpProducer = ByteString.CopyFrom(Producer(999));
    private readonly bool hasOrphans;
    private readonly bool hasTruncation;
    private long generation;
    private long followUpSequence;
    private bool isHealing;
    private bool isRebuilding;

    private Schedule(int seed, Fault fault)
    {
        random = new Random(seed);
        this.fault = fault;
        partitions = [.. Enumerable.Range(0, random.Next(1, 4)).Select(number => new Partition(number, fault))];
        for (var i = 0; i < 2; i++)
        {
            AddAppender();
        }
        lossPercent = random.Next(0, 30);
        chaosPercent = random.Next(0, 12);
        options = new ProjectionOptions
        {
            MaxCachedAccounts = random.Next(0, 3),
            MaxCachedProducers = random.Next(0, 3),
        };
        hasOrphans = random.Next(20) == 0;
        hasTruncation = random.Next(10) == 0;
    }

    /// <summary>How often things happened, to know that the schedules are worth something.</summary>
    public ScheduleCounts Counts { get; } = new();

    /// <summary>Runs a schedule; a violation names its seed.</summary>
    public static ScheduleCounts Run(int seed, Fault fault = Fault.None)
    {
        var schedule = new Schedule(seed, fault);
        try
        {
            schedule.Run();
        }
        catch (Exception failed) when (failed is not OutOfMemoryException)
        {
            throw new ViolationException($"Seed {seed}: {failed.GetType().Name}: {failed.Message}\n{failed.StackTrace}")
            {
                Seed = seed,
            };
        }
        return schedule.Counts;
    }

    private void Run()
    {
        OpenAccounts();
        for (var steps = random.Next(60, 220); steps > 0; steps--)
        {
            Step();
        }
        Heal();
        CheckTheEnd();
    }

    private void OpenAccounts()
    {
        foreach (var partition in partitions)
        {
            partition.Owners.Add(NewOwner(partition));
            for (var number = 1; number <= 2; number++)
            {
                var currency = Percent(15) ? "EUR" : "USD";
                appenders[0].TrySend(partition, Create(Id(number, partition.Number), currency: currency), clock.NowMs, true);
                appenders[0].TrySend(partition, Deposit(Id(number, partition.Number), random.Next(1, 100)), clock.NowMs, true);
            }
        }
    }

    private void Step()
    {
        clock.NowMs += random.Next(0, Percent(5) ? 40_000 : 200);
        var partition = Any(partitions);
        if (Percent(chaosPercent))
        {
            Disturb(partition);
            return;
        }
        switch (random.Next(10))
        {
            case < 2:
                Ask();
                break;
            case < 4:
                for (var count = random.Next(1, 4); count > 0; count--)
                {
                    Deliver(partition);
                }
                break;
            case < 5:
                Land(partition);
                break;
            default:
                StepOwner(partition, Any(partition.Owners));
                break;
        }
    }

    private void Ask()
    {
        var from = Id(random.Next(1, 4), random.Next(partitions.Length));
        var to = Id(random.Next(1, 4), random.Next(partitions.Length));
        var command = random.Next(12) switch
        {
            0 => Create(from),
            1 or 2 => Deposit(from, random.Next(1, 50)),
            3 or 4 => Withdraw(from, random.Next(1, 50)),
            5 when Percent(50) => Close(from),
            6 => Withdraw(from, random.Next(1, 20), currency: "USD"),
            _ => Transfer(from, to, random.Next(1, 40), partitions: partitions.Length),
        };
        if (Percent(50))
        {
            command = command.As($"r{random.Next(asked.Count / 2, asked.Count + 2)}");
        }
        if (asked.Count > 0 && Percent(20))
        {
            command = Any(asked);
        }
        asked.Add(command);
        var partition = partitions[command.AccountOf().Partition];
        Any(appenders).TrySend(partition, command, clock.NowMs, isAcknowledged: !Percent(lossPercent / 2));
    }

    /// <summary>The broker writes one of the records that it was given, mostly the oldest; perhaps again.</summary>
    private void Deliver(Partition partition)
    {
        if (partition.OnTheirWay.Count == 0)
        {
            return;
        }
        var index = Percent(70) || isHealing ? 0 : random.Next(partition.OnTheirWay.Count);
        var send = partition.OnTheirWay[index];
        var isRepeated = !isHealing && Percent(lossPercent / 2);
        if (!isRepeated)
        {
            partition.OnTheirWay.RemoveAt(index);
        }
        if (send.Acknowledged is null && !isRepeated && !isHealing && Percent(lossPercent))
        {
            Counts.Lost++;
            return;
        }
        partition.Append(send.Key, send.Value);
        send.Acknowledged?.Invoke();
        if (isRepeated)
        {
            Counts.Repeated++;
            partition.OnTheirWay[index] = send with { Acknowledged = null };
        }
    }

    private void StepOwner(Partition partition, Owner owner)
    {
        var before = owner.Refusals;
        if (owner.Store.Pending is { } pending)
        {
            if (pending.Outcome is null && (isHealing || Percent(80)))
            {
                RunScript(partition, pending);
            }
            if (isHealing || Percent(70))
            {
                Answer(partition, owner, pending);
            }
        }
        owner.Store.IsAway = !isHealing && Percent(chaosPercent / 4);
        owner.Step(random.Next(1, isRebuilding ? 65 : 9));
        Counts.Refusals += owner.Refusals - before;
        Checks.Require(owner.Halted is null || partition.IsTruncated, $"{owner.Halted}");
    }

    private void Answer(Partition partition, Owner owner, PendingCommit pending)
    {
        owner.Store.Pending = null;
        if (pending.Outcome is null)
        {
            partition.Late.Add(pending);
        }
        if (pending.Outcome is null or ScriptOutcome.Died || (!isHealing && Percent(chaosPercent)))
        {
            pending.Answer.SetException(new TimeoutException("No answer of the simulated Redis."));
        }
        else if (pending.Outcome == ScriptOutcome.Taken)
        {
            pending.Answer.SetResult();
        }
        else
        {
            pending.Answer.SetException(new ProjectionService.Redis.CommitRefusedException("Refused."));
        }
    }

    private void RunScript(Partition partition, PendingCommit pending)
    {
        if (!isHealing && !partition.IsTruncated && Percent(chaosPercent / 4))
        {
            var isDead = partition.Redis.TryTakeAndDie(pending.Commit, afterCommands: random.Next(12));
            pending.Outcome = isDead ? ScriptOutcome.Died : ScriptOutcome.Refused;
            Counts.Died += isDead ? 1 : 0;
            return;
        }
        var before = partition.Redis.Head.Position;
        if (!partition.Redis.TryTake(pending.Commit, out var published))
        {
            pending.Outcome = ScriptOutcome.Refused;
            return;
        }
        pending.Outcome = ScriptOutcome.Taken;
        Counts.Commits++;
        Checks.Require(partition.Redis.Head.Position > before, $"a commit took {partition.Number} back from {before}");
        foreach (var decision in published.SelectMany(batch => batch.Decisions))
        {
            Checks.IsTheModels(partition, decision);
        }
        Checks.RedisIsTheModel(partition);
        Checks.MoneyIsConserved(partitions);
    }

    /// <summary>A commit of an owner that is gone, or gave up waiting, reaches Redis after all.</summary>
    private void Land(Partition partition)
    {
        if (partition.Late.Count > 0)
        {
            var late = Any(partition.Late);
            partition.Late.Remove(late);
            RunScript(partition, late);
            Counts.LandedLate += late.Outcome == ScriptOutcome.Taken ? 1 : 0;
        }
    }

    private void Disturb(Partition partition)
    {
        switch (random.Next(10))
        {
            case 0 or 1:
                // The partition moves; who had it may not have noticed.
                partition.Owners.Add(NewOwner(partition));
                if (partition.Owners.Count > 3)
                {
                    Drop(partition, partition.Owners[0]);
                }
                break;
            case 2 or 3:
                Drop(partition, Any(partition.Owners));
                if (partition.Owners.Count == 0)
                {
                    partition.Owners.Add(NewOwner(partition));
                }
                break;
            case 4:
                partition.Snapshot = partition.Redis.Copy();
                break;
            case 5 when partition.Snapshot is { } snapshot && !partition.IsTruncated:
                partition.Redis.RollBackTo(snapshot);
                Counts.RolledBack++;
                Checks.MoneyIsConserved(partitions);
                break;
            case 6 when Percent(30) && !partition.IsTruncated:
                partition.Redis.Flush();
                Counts.Flushed++;
                break;
            case 7:
                AddAppender();
                break;
            case 8 when hasTruncation && Counts.Truncated == 0 && partition.Redis is { IsUsable: true, Head.Position: > 0 }:
                partition.Truncate(random.Next((int)partition.Redis.Head.Position));
                Counts.Truncated++;
                break;
            default:
                Forge(partition);
                break;
        }
    }

    /// <summary>What nobody should have written: damaged bytes, and follow-ups that belong to nothing.</summary>
    private void Forge(Partition partition)
    {
        if (partition.Log.Count == 0)
        {
            return;
        }
        var entry = Any(partition.Log);
        var kind = LogFrame.Decode(entry.Value, out var record);
        if (kind == FrameKind.Record && record!.TransferSettle is not null)
        {
            record.TransferSettle.Chain = ByteString.CopyFrom(new byte[Bounds.DigestSize]);
            record.TransferSettle.Reason = random.Next(12, 15);
            partition.Append(entry.Key, LogFrame.Encode(record));
        }
        else if (kind == FrameKind.Record && record!.TransferCredit is not null && hasOrphans)
        {
            record.TransferCredit.Amount++;
            record.TransferCredit.Sequence++;
            partition.Append(entry.Key, LogFrame.Encode(record));
        }
        else
        {
            partition.Append(entry.Key, entry.Value?[..^1]);
        }
    }

    private void Drop(Partition partition, Owner owner)
    {
        partition.Owners.Remove(owner);
        if (owner.Store.Pending is { Outcome: null } pending && Percent(60))
        {
            partition.Late.Add(pending);
        }
    }

    private Owner NewOwner(Partition partition)
    {
        var store = new SimulatedStore(partition.Number, partition.Redis, () => ++generation, fault);
        return new Owner(partition, store, options, TrySend, clock, fault);
    }

    /// <summary>Follow-ups go out without anybody waiting for them.</summary>
    private bool TrySend(LogRecord record)
    {
        if (!isHealing && Percent(lossPercent / 3))
        {
            return false;
        }
        record.RecordedAtMs = clock.NowMs;
        record.ProducerId = followUpProducer;
        record.ProducerSequence = ++followUpSequence;
        partitions[record.AccountOf().Partition].OnTheirWay.Add(Partition.SendOf(record));
        return true;
    }

    private void AddAppender() => appenders.Add(new Appender(appenders.Count + 1, partitions.Length));

    private bool Percent(int percent) => random.Next(100) < percent;

    private T Any<T>(IReadOnlyList<T> all) => all[random.Next(all.Count)];
}
