using Grpc.Core;

namespace BankAccounts.ServiceDefaults.Grpc;

/// <summary>
/// How long a call may wait. The answer to one that waited in vain is sent a little before the caller's
/// deadline, so that the caller learns why instead of only that time is up: a fifth of the time that
/// was left at the start before it, 500 ms at most.
/// </summary>
public static class CallDeadline
{
    /// <summary>The deadline of a call that brings none.</summary>
    public static readonly TimeSpan Default = TimeSpan.FromSeconds(30);

    /// <summary>The longest patience with any call: timers know no more than some weeks.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromDays(1);

    private static readonly TimeSpan LongestMargin = TimeSpan.FromMilliseconds(500);

    /// <summary>Whether the caller has set a deadline.</summary>
    public static bool HasDeadline(this ServerCallContext context) => context.Deadline != DateTime.MaxValue;

    /// <summary>How long the call may wait, counted from now; not positive if there is no time.</summary>
    public static TimeSpan Patience(this ServerCallContext context) =>
        Patience(context.HasDeadline() ? context.Deadline - DateTime.UtcNow : Default);

    /// <summary>How long a call may wait of which so much is left; not positive if there is no time.</summary>
    public static TimeSpan Patience(TimeSpan remaining)
    {
        var margin = remaining / 5;
        var patience = remaining - (margin < LongestMargin ? margin : LongestMargin);
        return patience < Longest ? patience : Longest;
    }
}
