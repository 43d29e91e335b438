using BankAccounts.ProjectionService.Ledger;
using BankAccounts.ServiceDefaults.Grpc;

namespace BankAccounts.ProjectionService.Tracing;

/// <summary>What became of a command, in the words of metrics and spans.</summary>
public static class AnswerNames
{
    /// <summary>Why a command was refused, or its record is void; null if it was not.</summary>
    public static string? Of(in Answer answer) => answer switch
    {
        { Void: { } @void } => StoreNames.Of(@void.Reason),
        { Decision: { IsAccepted: false } decision } => Reasons.Of(decision.Reason).Name,
        _ => null,
    };

    /// <summary>What became of a command, in a word.</summary>
    public static string OutcomeOf(in Answer answer) => answer switch
    {
        { Void: not null } => "void",
        { Decision: { IsPending: true } } => "pending",
        { Decision: { IsAccepted: true } } => "accepted",
        _ => "rejected",
    };
}
