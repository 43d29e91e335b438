namespace BankAccounts.ProjectionService;

/// <summary>A partition must not be folded on for now: an operator has to look.</summary>
public sealed class HaltException(string message, bool needsNewerBuild) : Exception(message)
{
    /// <summary>
    /// Whether only a newer build can go on. Otherwise the log itself is in doubt, and this build looks
    /// again now and then.
    /// </summary>
    public bool NeedsNewerBuild { get; } = needsNewerBuild;
}
