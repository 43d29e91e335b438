using BankAccounts.ProjectionService.Ledger;
using BankAccounts.ServiceDefaults.Grpc;
using BankAccounts.Store.V1;
using Google.Protobuf.Reflection;

namespace BankAccounts.ProjectionService.Grpc;

/// <summary>The names of reasons as callers read them: those of the enum, without its prefix.</summary>
public static class ReasonNames
{
    private static readonly EnumDescriptor VoidReasons =
        StoreReflection.Descriptor.EnumTypes.Single(type => type.Name == nameof(VoidReason));

    /// <summary>Why a record is void.</summary>
    public static string Of(VoidReason reason) =>
        (VoidReasons.FindValueByNumber((int)reason)
            ?? throw new ArgumentOutOfRangeException(nameof(reason), reason, "Not a reason."))
        .Name["VOID_REASON_".Length..];

    /// <summary>Why a command was refused, or its record is void; null if it was not.</summary>
    public static string? Of(in Answer answer) => answer switch
    {
        { Void: { } @void } => Of(@void.Reason),
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
