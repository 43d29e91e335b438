using BankAccounts.ProjectionService.Ledger;
using BankAccounts.ProjectionService.Redis;
using BankAccounts.ServiceDefaults.Redis;
using BankAccounts.Tests.Logs;

namespace BankAccounts.Ledger.Tests;

/// <summary>A store that keeps nothing but where commits began and ended: the ledger has it all in memory.</summary>
internal sealed class MemoryOnlyStore() : LedgerStore(Records.Partition)
{
    public bool RefusesCommits { get; init; }

    public List<(long From, long To)> Commits { get; } = [];

    public override Task<(RedisKeys Keys, PartitionLedger Ledger)> LoadAsync(CancellationToken cancellation) =>
        Task.FromResult((new RedisKeys(Partition, 1), PartitionLedger.StartInMemory(Partition)));

    public override Task PrefetchAsync(
        RedisKeys keys,
        PartitionLedger ledger,
        PrefetchNeeds needs,
        long confirmedPosition,
        CancellationToken cancellation) => Task.CompletedTask;

    public override Task CommitAsync(EncodedCommit commit, CancellationToken cancellation)
    {
        if (RefusesCommits)
        {
            return Task.FromException(new CommitRefusedException("Another owner was faster."));
        }
        Commits.Add((commit.From, commit.To));
        return Task.CompletedTask;
    }
}
