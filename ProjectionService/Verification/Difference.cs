namespace BankAccounts.ProjectionService.Verification;

/// <summary>Something that Redis holds otherwise than the log says.</summary>
public sealed record Difference(
    int Partition, string Kind, string Key, string Expected, string Found, long Position);

/// <summary>A verification ends at the first difference.</summary>
public sealed class DifferenceFoundException(Difference difference)
    : Exception($"Partition {difference.Partition}: {difference.Kind} {difference.Key} differs.")
{
    /// <summary>What was found.</summary>
    public Difference Difference { get; } = difference;
}

/// <summary>How far a verification of one partition is.</summary>
public readonly record struct VerificationProgress(
    int Partition, long FoldedRecords, long TargetPosition, long ComparedEntries);

/// <summary>A partition that was found equal.</summary>
public sealed record EqualPartition(
    int Partition, long Position, byte[] LogDigest, byte[] DecisionDigest, long ComparedEntries, PartitionMoney Money);
