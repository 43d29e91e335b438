using System.Collections.Frozen;

namespace BankAccounts.ServiceDefaults.Security;

/// <summary>
/// Who may call what. A method that is not here is called by nobody; <c>docs/SECURITY.md</c> shows the table, and a
/// test holds it against the contracts. A rule is asked when a call begins: a stream goes on until it ends.
/// </summary>
public static class CallRules
{
    private static readonly string[] Moving = [Roles.Teller];
    private static readonly string[] Reading = [Roles.Reader, Roles.Teller];
    private static readonly string[] Operating = [Roles.Operator];
    private static readonly string[] Everybody = [Roles.Reader, Roles.Teller, Roles.Operator];

    /// <summary>The roles of each method, by its full name; one of them is enough.</summary>
    public static FrozenDictionary<string, string[]> All { get; } = new Dictionary<string, string[]>
    {
        ["/bankaccounts.v1.CommandService/CreateAccount"] = Moving,
        ["/bankaccounts.v1.CommandService/Deposit"] = Moving,
        ["/bankaccounts.v1.CommandService/Withdraw"] = Moving,
        ["/bankaccounts.v1.CommandService/Transfer"] = Moving,
        ["/bankaccounts.v1.CommandService/CloseAccount"] = Moving,
        ["/bankaccounts.v1.CommandService/Execute"] = Moving,

        ["/bankaccounts.v1.QueryService/GetAccount"] = Reading,
        ["/bankaccounts.v1.QueryService/ListAccounts"] = Reading,
        ["/bankaccounts.v1.QueryService/ListHistory"] = Reading,
        ["/bankaccounts.v1.QueryService/GetStatement"] = Reading,
        ["/bankaccounts.v1.QueryService/WatchAccount"] = Reading,
        ["/bankaccounts.v1.QueryService/GetTransfer"] = Reading,
        ["/bankaccounts.v1.QueryService/GetDecision"] = Reading,

        ["/bankaccounts.v1.LedgerService/GetStatus"] = Operating,
        ["/bankaccounts.v1.LedgerService/Verify"] = Operating,
        ["/bankaccounts.v1.LedgerService/Rebuild"] = Operating,
        ["/bankaccounts.v1.LedgerService/ListVoids"] = Operating,
        ["/bankaccounts.v1.LedgerService/ListChannels"] = Operating,
        ["/bankaccounts.v1.LedgerService/ReleaseChannel"] = Operating,

        ["/grpc.reflection.v1.ServerReflection/ServerReflectionInfo"] = Everybody,
        ["/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo"] = Everybody,
    }.ToFrozenDictionary(StringComparer.Ordinal);
}
