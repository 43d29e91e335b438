namespace BankAccounts.Bench.Calls;

/// <summary>What became of a command, as far as a generator of load has to know.</summary>
public enum AnswerKind
{
    /// <summary>Refused, malformed or not known.</summary>
    Error,

    /// <summary>The command took effect.</summary>
    Accepted,

    /// <summary>A transfer that was debited and is not settled.</summary>
    Pending,
}

/// <summary>The answer to one command.</summary>
/// <param name="Tag">The caller's name for the command; 0 for a call of its own.</param>
/// <param name="Kind">What became of it.</param>
/// <param name="Partition">Where in the log it stands.</param>
/// <param name="Offset">The same within the partition.</param>
public readonly record struct Answer(ulong Tag, AnswerKind Kind, int Partition, long Offset);
