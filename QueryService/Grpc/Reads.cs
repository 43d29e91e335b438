using BankAccounts.QueryService.Commits;
using BankAccounts.ServiceDefaults;
using BankAccounts.ServiceDefaults.Grpc;
using BankAccounts.V1;
using Grpc.Core;
using Microsoft.Extensions.Options;

namespace BankAccounts.QueryService.Grpc;

/// <summary>What every call does with its positions.</summary>
public sealed class Reads(CommitFeed feed, IHostApplicationLifetime lifetime, IOptions<BankOptions> bank)
{
    /// <summary>How many partitions the bank has.</summary>
    public int PartitionCount => bank.Value.PartitionCount;

    /// <summary>Checks the field <c>min_position</c> of a request.</summary>
    public void Check(FieldChecks fields, IEnumerable<Position> minPositions)
    {
        var partitions = new HashSet<int>();
        if (minPositions.Any(position =>
            !IsPosition(position) || position.Offset == long.MaxValue || !partitions.Add(position.Partition)))
        {
            fields.Add(
                "min_position",
                $"must name partitions of 0 to {PartitionCount - 1}, each at most once, with an offset from 0.");
        }
    }

    /// <summary>Whether a position can be one of this bank's log.</summary>
    public bool IsPosition(Position position) =>
        position.Partition >= 0 && position.Partition < PartitionCount && position.Offset >= 0;

    /// <summary>The reads of one call in a partition.</summary>
    public ReadAtPosition At(
        int partition, IEnumerable<Position> minPositions, bool allowStale, ServerCallContext context)
    {
        var minOffset = minPositions
            .Where(position => position.Partition == partition)
            .Select(position => position.Offset)
            .DefaultIfEmpty(-1)
            .Max();
        return new ReadAtPosition(feed, context, partition, minOffset, allowStale, lifetime.ApplicationStopping);
    }

    /// <summary>The reads of one call about an account.</summary>
    /// <exception cref="RpcException">NOT_FOUND: the account's partition does not exist.</exception>
    public ReadAtPosition At(
        AccountId account, IEnumerable<Position> minPositions, bool allowStale, ServerCallContext context) =>
        account.Partition < PartitionCount
            ? At(account.Partition, minPositions, allowStale, context)
            : throw QueryErrors.AccountNotFound(account);
}
