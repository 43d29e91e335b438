using BankAccounts.Store.V1;

namespace BankAccounts.ProjectionService;

/// <summary>The transfers of a partition that are debited and not settled, for those who measure.</summary>
/// <param name="Count">How many there are.</param>
/// <param name="OldestMs">When the oldest was asked for, Unix milliseconds; 0 if there is none.</param>
public sealed record UnsettledTransfers(long Count, long OldestMs)
{
    /// <summary>There is none.</summary>
    public static readonly UnsettledTransfers None = new(0, 0);

    /// <summary>How long ago the oldest was asked for; zero if there is none.</summary>
    public TimeSpan OldestAge => OldestMs == 0
        ? TimeSpan.Zero
        : TimeSpan.FromMilliseconds(Math.Max(0, DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() - OldestMs));

    /// <summary>Those of all channels.</summary>
    public static UnsettledTransfers Of(StoredSendings sendings) => sendings.Channels.Count == 0 ? None : new(
        sendings.Channels.Sum(channel => channel.Unsettled),
        sendings.Channels.Min(channel => channel.RecordedAtMs));
}
