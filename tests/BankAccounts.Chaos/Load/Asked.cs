namespace BankAccounts.Chaos;

/// <summary>
/// What a command asks for, in the terms of the checker. What the kind does not have is null, and no request id is
/// empty.
/// </summary>
internal sealed record Asked(string Kind, string Request)
{
    public string? Account { get; init; }

    public string? To { get; init; }

    public long? Amount { get; init; }

    public string? Currency { get; init; }

    public string? Description { get; init; }

    public string? Holder { get; init; }

    /// <summary>Whether the caller waits only for Kafka. No part of what is asked.</summary>
    public bool IsStoredEnough { get; init; }
}
