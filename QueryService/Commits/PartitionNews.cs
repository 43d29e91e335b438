using System.Diagnostics;
using BankAccounts.Store.V1;

namespace BankAccounts.QueryService.Commits;

/// <summary>What was heard of one partition's commits, and who wants to know.</summary>
internal sealed class PartitionNews
{
    private readonly Lock gate = new();
    private readonly Dictionary<AccountId, List<AccountWatch>> watches = [];
    private TaskCompletionSource news = NewSignal();
    private long position = -1;
    private int waiting;

    public bool IsWanted
    {
        get
        {
            lock (gate)
            {
                return waiting > 0 || watches.Count > 0;
            }
        }
    }

    public int Waiting => Volatile.Read(ref waiting);

    public long Position
    {
        get
        {
            lock (gate)
            {
                return position;
            }
        }
    }

    public async Task<bool> WaitAsync(long offset, TimeSpan atMost, CancellationToken cancellation)
    {
        var began = Stopwatch.GetTimestamp();
        Interlocked.Increment(ref waiting);
        try
        {
            for (var round = 0; ; round++)
            {
                Task next;
                lock (gate)
                {
                    if (position > offset)
                    {
                        return round > 0;
                    }
                    next = news.Task;
                }
                var left = atMost - Stopwatch.GetElapsedTime(began);
                if (left <= TimeSpan.Zero)
                {
                    return true;
                }
                await next.WaitAsync(left, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                if (cancellation.IsCancellationRequested)
                {
                    return true;
                }
            }
        }
        finally
        {
            Interlocked.Decrement(ref waiting);
        }
    }

    public void Add(AccountWatch watch)
    {
        lock (gate)
        {
            if (!watches.TryGetValue(watch.Account, out var all))
            {
                watches.Add(watch.Account, all = []);
            }
            all.Add(watch);
        }
    }

    public void Remove(AccountWatch watch)
    {
        lock (gate)
        {
            if (watches.TryGetValue(watch.Account, out var all) && all.Remove(watch) && all.Count == 0)
            {
                watches.Remove(watch.Account);
            }
        }
    }

    public void Heard(CommittedBatch batch)
    {
        lock (gate)
        {
            var isNext = batch.FromPosition == position;
            position = Math.Max(position, batch.Position);
            Signal();
            if (!isNext || batch.Many)
            {
                WakeAll();
                return;
            }
            var rest = watches.Count > 0 ? batch.Accounts.Span : [];
            for (; rest.Length >= AccountId.Size; rest = rest[AccountId.Size..])
            {
                if (AccountId.TryRead(rest[..AccountId.Size], out var account)
                    && watches.TryGetValue(account, out var all))
                {
                    all.ForEach(watch => watch.Wake());
                }
            }
        }
    }

    public void Forget()
    {
        lock (gate)
        {
            position = -1;
        }
    }

    public void Seen(long seen, long heardBefore)
    {
        lock (gate)
        {
            if (seen > position || seen < heardBefore)
            {
                position = seen;
                Signal();
                WakeAll();
            }
        }
    }

    private void Signal()
    {
        news.SetResult();
        news = NewSignal();
    }

    private void WakeAll()
    {
        foreach (var watch in watches.Values.SelectMany(all => all))
        {
            watch.Wake();
        }
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
