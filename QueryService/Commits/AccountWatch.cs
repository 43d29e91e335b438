using System.Threading.Channels;

namespace BankAccounts.QueryService.Commits;

/// <summary>
/// One watcher's place: it is woken after commits that may have changed its account. However often that
/// happens while it is busy, it keeps in mind only that it did.
/// </summary>
public sealed class AccountWatch : IDisposable
{
    private readonly Channel<bool> woken = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    private readonly PartitionNews news;
    private Action? onEnd;

    internal AccountWatch(AccountId account, PartitionNews news, Action onEnd)
    {
        Account = account;
        this.news = news;
        this.onEnd = onEnd;
        news.Add(this);
    }

    /// <summary>The account.</summary>
    public AccountId Account { get; }

    /// <summary>Waits until the account may have changed since the last wait ended.</summary>
    public async Task ChangedAsync(CancellationToken cancellation) => await woken.Reader.ReadAsync(cancellation);

    /// <inheritdoc/>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref onEnd, null) is { } end)
        {
            news.Remove(this);
            end();
        }
    }

    internal void Wake() => woken.Writer.TryWrite(true);
}
