using Google.Protobuf;

namespace BankAccounts.ProjectionService.Ledger;

/// <summary>An account after some decision. Its balance is in minor units and never negative.</summary>
public sealed record Account(
    ByteString HolderName,
    ByteString CurrencyCode,
    long Balance,
    bool IsClosed,
    long OpenedAtMs,
    long Version);
