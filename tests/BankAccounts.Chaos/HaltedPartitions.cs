using BankAccounts.ServiceDefaults.Redis;
using BankAccounts.V1;

namespace BankAccounts.Chaos;

/// <summary>
/// What an operator does about a partition that is halted because its log was truncated (docs/RUNBOOK.md): once every
/// broker is back and no copy can bring the records back, its state in Redis is given up, and its owner folds it anew.
/// </summary>
internal sealed class HaltedPartitions(World world)
{
    private readonly HashSet<int> givenUp = [];

    /// <summary>Gives the state of each such partition up, once.</summary>
    public async Task GiveUpAsync()
    {
        var status = await world.Bank.Ledger.GetStatusAsync(
            new GetStatusRequest(), deadline: DateTime.UtcNow + Healing.CallDeadline);
        foreach (var one in status.Partitions.Where(one =>
            one.State == PartitionState.Halted && Halts.PositionOf(one.HaltedReason) is not null))
        {
            if (world.Bank.AllCopiesAreWhole() && givenUp.Add(one.Partition))
            {
                world.Log.Note(new { Event = "given_up", T = world.Log.Now, one.Partition, Why = one.HaltedReason });
                await world.Bank.Redis.Database.KeyDeleteAsync(RedisKeys.Root(one.Partition));
            }
        }
    }
}
