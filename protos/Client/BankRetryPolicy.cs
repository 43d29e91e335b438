namespace BankAccounts.Client;

/// <summary>
/// How long a client goes on asking. Every attempt carries the same request id, so a command that was
/// appended by an earlier one is answered with its first decision and never done twice.
/// </summary>
public sealed record BankRetryPolicy
{
    /// <summary>One attempt only, bounded by <see cref="AttemptTimeout"/>.</summary>
    public static readonly BankRetryPolicy None = new() { Timeout = TimeSpan.Zero };

    /// <summary>No attempt begins after this time; a transfer that is pending is asked for as long.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>The deadline of one attempt.</summary>
    public TimeSpan AttemptTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The pause before the second attempt; it doubles, and half of it is random.</summary>
    public TimeSpan MinPause { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>The longest pause.</summary>
    public TimeSpan MaxPause { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>The pause before the next attempt.</summary>
    /// <param name="attempt">How many attempts there were, from 1.</param>
    /// <param name="asked">The pause that the bank asked for; null if it did not.</param>
    /// <param name="random">A number from 0 to 1: callers that failed together do not come back together.</param>
    public TimeSpan PauseAfter(int attempt, TimeSpan? asked, double random)
    {
        var doubled = MinPause * Math.Pow(2, Math.Min(attempt - 1, 20));
        var pause = (doubled < MaxPause ? doubled : MaxPause) * (0.5 + (random / 2));
        return asked is { } wanted && wanted > pause ? wanted : pause;
    }
}
