using System.Diagnostics;
using System.Globalization;
using BankAccounts.ProjectionService;
using BankAccounts.Tests.Logs;
using static BankAccounts.Tests.Logs.Records;

namespace BankAccounts.Simulation.Tests;

/// <summary>
/// One partition of three records and two owners of it who know nothing of each other: real sessions, which
/// evict all they can. It is brought to a state by doing again what led to it.
/// </summary>
internal sealed class CommitWorld
{
    private static readonly Lazy<string[]> Folded = new(FoldByOne);

    private readonly Partition partition;
    private readonly Owner[] owners;
    private long generation;
    private int flushes;

    public CommitWorld(Fault fault)
    {
        partition = new Partition(Records.Partition, fault);
        var log = new LogWriter().Append(
            Create(Alice).By(1, 1), Deposit(Alice, 5).By(1, 2), Deposit(Alice, 7).As("r").By(1, 3));
        log.Entries.ForEach(entry => partition.Append(entry.Key, entry.Value));
        var options = new ProjectionOptions { MaxCachedAccounts = 0, MaxCachedProducers = 0 };
        owners = [.. Enumerable.Range(0, 2).Select(_ => new Owner(
            partition,
            new SimulatedStore(partition.Number, partition.Redis, () => ++generation, fault),
            options,
            _ => true,
            new SimulatedClock(),
            fault))];
    }

    /// <summary>What can happen now: steps, scripts, answers, late commits, and what Redis forgets.</summary>
    public IEnumerable<char> Possible() => "abABxyzlsrf".Where(action => action switch
    {
        'A' or 'B' => owners[action - 'A'].Store.Pending is { Outcome: null },
        'x' or 'y' => owners[action - 'x'].Store.Pending is not null,
        'z' => partition.Late.Count > 1,
        'l' => partition.Late.Count > 0,
        'r' => partition.Snapshot is not null,
        'f' => flushes == 0,
        _ => true,
    });

    /// <summary>Does one thing that is possible.</summary>
    public void Do(char action)
    {
        switch (action)
        {
            case 'a' or 'b':
                owners[action - 'a'].Step(maxRecords: 1);
                break;
            case 'A' or 'B':
                Take(owners[action - 'A'].Store.Pending!);
                break;
            case 'x' or 'y':
                Answer(owners[action - 'x'].Store);
                break;
            case 'z':
                partition.Late.RemoveAt(0);
                break;
            case 'l':
                var late = partition.Late[0];
                partition.Late.RemoveAt(0);
                Take(late);
                break;
            case 's':
                partition.Snapshot = partition.Redis.Copy();
                break;
            case 'r':
                partition.Redis.RollBackTo(partition.Snapshot!);
                break;
            case 'f':
                partition.Redis.Flush();
                flushes++;
                break;
            default:
                throw new UnreachableException();
        }
    }

    /// <summary>All that decides what can happen next. Which owner is which does not.</summary>
    public string Key() => string.Join('\n',
        string.Join('\n', owners.Select(owner => owner.Describe()).Order(StringComparer.Ordinal)),
        partition.Redis.Generation?.ToString(CultureInfo.InvariantCulture),
        partition.Redis.Dump(),
        partition.Snapshot?.Generation?.ToString(CultureInfo.InvariantCulture),
        partition.Snapshot?.Dump(),
        string.Join(',', partition.Late.Select(late => $"{late.Commit.Keys.Generation} {late.Commit.From}")),
        generation.ToString(CultureInfo.InvariantCulture),
        flushes.ToString(CultureInfo.InvariantCulture));

    private void Take(PendingCommit pending)
    {
        var before = partition.Redis.Head.Position;
        pending.Outcome = partition.Redis.TryTake(pending.Commit, out var published)
            ? ScriptOutcome.Taken
            : ScriptOutcome.Refused;
        var position = partition.Redis.Head.Position;
        Checks.Require(position >= before, $"a commit took Redis back from {before} to {position}");
        Checks.RedisIsTheModel(partition);
        Checks.Require(
            partition.Redis.Generation is null || partition.Redis.Dump() == Folded.Value[position],
            $"Redis is not the fold of the log up to {position}");
        foreach (var decision in published.SelectMany(batch => batch.Decisions))
        {
            Checks.IsTheModels(partition, decision);
        }
    }

    private void Answer(SimulatedStore store)
    {
        var pending = store.Pending!;
        store.Pending = null;
        if (pending.Outcome == ScriptOutcome.Taken)
        {
            pending.Answer.SetResult();
            return;
        }
        if (pending.Outcome is null)
        {
            partition.Late.Add(pending);
        }
        pending.Answer.SetException(pending.Outcome is null
            ? new TimeoutException("No answer.")
            : new ProjectionService.Redis.CommitRefusedException("Refused."));
    }

    /// <summary>What Redis holds at each position when one owner does everything in peace.</summary>
    private static string[] FoldByOne()
    {
        var world = new CommitWorld(Fault.None);
        var (owner, redis) = (world.owners[0], world.partition.Redis);
        owner.Step(1);
        var dumps = new List<string> { redis.Dump() };
        while (dumps.Count <= world.partition.Log.Count)
        {
            owner.Step(1);
            var pending = owner.Store.Pending!;
            owner.Store.Pending = null;
            Checks.Require(redis.TryTake(pending.Commit, out _), "a lonely owner was refused");
            dumps.Add(redis.Dump());
            pending.Answer.SetResult();
        }
        return [.. dumps];
    }
}
