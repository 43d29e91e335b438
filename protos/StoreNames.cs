using System.Collections.Frozen;
using BankAccounts.Store.V1;
using Google.Protobuf.Reflection;

namespace BankAccounts;

/// <summary>
/// The contract's names of what the store has as enums: those of the enum's values without their prefix, for
/// example INSUFFICIENT_FUNDS. What is unspecified has an empty one.
/// </summary>
public static class StoreNames
{
    private static readonly FrozenDictionary<int, string> Reasons = Read(nameof(Reason), "REASON_");

    private static readonly FrozenDictionary<int, string> VoidReasons = Read(nameof(VoidReason), "VOID_REASON_");

    /// <summary>Why a command was refused.</summary>
    /// <exception cref="KeyNotFoundException">There is no such reason.</exception>
    public static string Of(Reason reason) => Reasons[(int)reason];

    /// <summary>Why a record is void.</summary>
    /// <exception cref="KeyNotFoundException">There is no such reason.</exception>
    public static string Of(VoidReason reason) => VoidReasons[(int)reason];

    private static FrozenDictionary<int, string> Read(string type, string prefix) => StoreReflection.Descriptor
        .FindTypeByName<EnumDescriptor>(type).Values
        .ToFrozenDictionary(
            value => value.Number, value => value.Number == 0 ? string.Empty : value.Name[prefix.Length..]);
}
