using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Xunit.Abstractions;

namespace BankAccounts.Simulation.Tests;

/// <summary>
/// Every schedule of the commit protocol up to a depth: two projectors, commits that arrive late or whose
/// answers are lost, Redis that goes back to an earlier snapshot or loses everything. After each commit
/// Redis must be the fold of the log up to its position.
/// </summary>
public sealed class CommitExploration(ITestOutputHelper output)
{
    [Fact]
    public void In_every_schedule_Redis_is_the_fold_of_the_log_up_to_its_position()
    {
        var (states, depth) = Explore(Fault.None, maxDepth: 14, maxStates: 6_000);
        output.WriteLine($"{states} states, depth {depth}");
        Assert.InRange(states, 1_000, 6_100);
        Assert.True(depth >= 8, $"only depth {depth}");
    }

    [Theory]
    [InlineData(Fault.NoCompareAndSet)]
    [InlineData(Fault.NoPrefetchRule)]
    internal void A_rule_that_is_left_out_is_missed(Fault fault)
    {
        var found = Assert.Throws<ViolationException>(() => Explore(fault, maxDepth: 14, maxStates: 6_000));
        output.WriteLine(found.Message);
    }

    private static (int States, int Depth) Explore(Fault fault, int maxDepth, int maxStates) => OnOneThread.Run(() =>
    {
        var known = new HashSet<UInt128>();
        var frontier = new Queue<string>([string.Empty]);
        while (frontier.TryDequeue(out var path))
        {
            foreach (var action in After(path, fault).Possible())
            {
                if (known.Add(KeyOf(After(path + action, fault))) && path.Length + 1 < maxDepth)
                {
                    frontier.Enqueue(path + action);
                }
            }
            if (known.Count >= maxStates)
            {
                return (known.Count, path.Length);
            }
        }
        return (known.Count, maxDepth);
    });

    /// <summary>Sessions cannot be copied: a state is reached again by doing again what led to it.</summary>
    private static CommitWorld After(string path, Fault fault)
    {
        var world = new CommitWorld(fault);
        try
        {
            foreach (var action in path)
            {
                world.Do(action);
            }
        }
        catch (ViolationException violation)
        {
            throw new ViolationException($"After {path}: {violation.Message}");
        }
        return world;
    }

    private static UInt128 KeyOf(CommitWorld world) =>
        BinaryPrimitives.ReadUInt128BigEndian(SHA256.HashData(Encoding.Unicode.GetBytes(world.Key())));
}
