namespace BankAccounts.ServiceDefaults.Security;

/// <summary>
/// What a caller may be. Roles do not contain one another: whoever has two duties is named for both
/// (<see cref="SecurityOptions"/>), and whoever looks after the ledger cannot move money by it.
/// </summary>
public static class Roles
{
    /// <summary>May read accounts.</summary>
    public const string Reader = "reader";

    /// <summary>May move money, and read accounts.</summary>
    public const string Teller = "teller";

    /// <summary>May look after the ledger: LedgerService.</summary>
    public const string Operator = "operator";
}
