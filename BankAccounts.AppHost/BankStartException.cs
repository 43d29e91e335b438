namespace BankAccounts.AppHost;

/// <summary>
/// The bank cannot start, for a reason that the person who typed the command can do something
/// about. The message is one or two sentences for that person; no stack trace goes with it.
/// </summary>
public sealed class BankStartException(string message) : Exception(message);
