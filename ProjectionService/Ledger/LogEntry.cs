namespace BankAccounts.ProjectionService.Ledger;

/// <summary>One record as the log holds it. A null key or value is not an empty one.</summary>
public readonly record struct LogEntry(long Offset, byte[]? Key, byte[]? Value);
