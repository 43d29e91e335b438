using System.Collections.Concurrent;

namespace BankAccounts.Chaos;

/// <summary>
/// The accounts that the clients share, with the latest place of each at which a command was acknowledged, and the
/// requests whose outcome stayed unknown.
/// </summary>
internal sealed class Population
{
    /// <summary>More accounts would only make the same commands rarer on each of them.</summary>
    public const int MaxAccounts = 400;

    private readonly Lock gate = new();
    private readonly List<string> accounts = [];
    private readonly ConcurrentDictionary<string, long> latest = new();
    private readonly ConcurrentDictionary<(string Account, string Request), bool> unknown = new();

    public int Count
    {
        get
        {
            lock (gate)
            {
                return accounts.Count;
            }
        }
    }

    public IReadOnlyList<string> Accounts
    {
        get
        {
            lock (gate)
            {
                return [.. accounts];
            }
        }
    }

    /// <summary>The requests of which their callers do not know what became of them.</summary>
    public IEnumerable<(string Account, string Request)> Unknown => unknown.Keys;

    /// <summary>One of the accounts. Every fourth time it is one of the first few, so that some are hot.</summary>
    public string Any(Random random)
    {
        lock (gate)
        {
            return accounts[random.Next(random.Next(4) == 0 ? Math.Min(4, accounts.Count) : accounts.Count)];
        }
    }

    /// <summary>The offset that a read of an account has to contain; −1 if nothing was acknowledged on it.</summary>
    public long LatestOf(string account) => latest.GetValueOrDefault(account, -1);

    /// <summary>Takes in what became of a command.</summary>
    public void Learn(Asked asked, Answer answer)
    {
        var account = asked.Account ?? answer.Account;
        if (account is null)
        {
            return;
        }
        if (answer.Outcome == "unknown")
        {
            if (asked.Request.Length > 0)
            {
                unknown[(account, asked.Request)] = true;
            }
            return;
        }
        unknown.TryRemove((account, asked.Request), out _);
        if (answer.Offset is { } offset && answer.Outcome != "stored")
        {
            latest.AddOrUpdate(account, offset, (_, before) => Math.Max(before, offset));
        }
        if (asked.Kind == "create" && answer.Outcome == "accepted")
        {
            Add(account);
        }
    }

    private void Add(string account)
    {
        lock (gate)
        {
            if (!accounts.Contains(account) && accounts.Count < MaxAccounts)
            {
                accounts.Add(account);
            }
        }
    }
}
