using Google.Protobuf;

namespace BankAccounts.ProjectionService.Ledger;

/// <summary>
/// An account after some decision. Amounts are in minor units and never negative. What it sent and is
/// not settled counts against its limit, so that a refund always has room.
/// </summary>
public sealed record Account(
    ByteString HolderName,
    ByteString CurrencyCode,
    long Balance,
    bool IsClosed,
    long OpenedAtMs,
    long Version,
    long Unsettled = 0)
{
    /// <summary>Whether so much more would exceed what an account can hold.</summary>
    public bool WouldExceedLimit(long amount) =>
        amount > long.MaxValue - checked(Balance + Unsettled);

    /// <summary>The account after one more accepted change.</summary>
    public Account Next(long balance, long unsettled) =>
        this with { Balance = balance, Unsettled = unsettled, Version = checked(Version + 1) };
}
