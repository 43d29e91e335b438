namespace BankAccounts.Load;

/// <summary>What load to make.</summary>
public sealed record LoadOptions
{
    /// <summary>The address of CommandService.</summary>
    public required Uri Address { get; init; }

    /// <summary>How many accounts the money moves among.</summary>
    public int Accounts { get; init; } = 200;

    /// <summary>What each account begins with, in minor units.</summary>
    public long OpeningBalance { get; init; } = 1_000;

    /// <summary>How many transfers to ask for.</summary>
    public int Transfers { get; init; } = 10_000;

    /// <summary>The largest amount of one transfer.</summary>
    public long MaxAmount { get; init; } = 500;

    /// <summary>How many calls are under way at once.</summary>
    public int InFlight { get; init; } = 64;

    /// <summary>How many connections they share.</summary>
    public int Connections { get; init; } = 4;

    /// <summary>What the random choices come from.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>How long one transfer is asked for, again and again, until its outcome is known.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(90);
}
