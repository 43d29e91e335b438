namespace BankAccounts.ProjectionService;

/// <summary>A partition must not be folded on by this build: an operator has to look.</summary>
public sealed class HaltException(string message) : Exception(message);
