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
}
