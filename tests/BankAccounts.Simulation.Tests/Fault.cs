namespace BankAccounts.Simulation.Tests;

/// <summary>A rule that is left out, to see whether the simulation would notice.</summary>
internal enum Fault
{
    /// <summary>Everything is as it should be.</summary>
    None,

    /// <summary>A commit is taken wherever the store stands.</summary>
    NoCompareAndSet,

    /// <summary>Prefetched values count whatever position they belong to.</summary>
    NoPrefetchRule,

    /// <summary>A refusal is forgotten with its answer, not when its source has settled it.</summary>
    RefusalsForgottenAtTheAnswer,

    /// <summary>Only the last two sequences of a process are known.</summary>
    DedupeWindowOfTwo,

    /// <summary>A credit is taken whatever its number.</summary>
    NoCreditSequence,

    /// <summary>A script that dies midway leaves no mark.</summary>
    NoDirtyMark,

    /// <summary>Nobody looks whether the log is still the one that was folded.</summary>
    NoLookAtTheLog,
}

/// <summary>An invariant does not hold.</summary>
internal sealed class ViolationException(string message) : Exception(message)
{
    /// <summary>The seed of the schedule in which it does not hold.</summary>
    public int Seed { get; init; }
}
