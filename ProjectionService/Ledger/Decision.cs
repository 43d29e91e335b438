using BankAccounts.Store.V1;

namespace BankAccounts.ProjectionService.Ledger;

/// <summary>
/// What became of a command: accepted if it has no reason, otherwise refused for it. Balance and
/// version are those after the decision; 0 if there is no account. The offset is where it was decided.
/// A transfer that was accepted is pending until its settlement.
/// </summary>
public readonly record struct Decision(
    Reason Reason, long Balance, long Version, long Offset, bool IsPending = false)
{
    /// <summary>Whether the command took effect.</summary>
    public bool IsAccepted => Reason == Reason.Unspecified;
}
