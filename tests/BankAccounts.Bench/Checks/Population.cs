using System.Runtime.InteropServices;
using System.Text;

namespace BankAccounts.Bench.Checks;

/// <summary>
/// The accounts that commands are spread over, and between which bounds the balance of each has to lie: what was
/// acknowledged moves both, what became of a command that nobody knows moves one. The independent witness of a run.
/// </summary>
public sealed class Population
{
    private readonly Dictionary<string, int> numbers = [];
    private readonly List<byte> ids = [];
    private readonly List<long> opened = [];
    private long[] least = [];
    private long[] most = [];
    private long unknown;

    /// <summary>How many accounts there are.</summary>
    public int Count => least.Length;

    /// <summary>Commands of which nobody knows what became of them.</summary>
    public long Unknown => Interlocked.Read(ref unknown);

    /// <summary>The id of an account in text.</summary>
    public ReadOnlySpan<byte> IdOf(int account) =>
        CollectionsMarshal.AsSpan(ids).Slice(account * AccountId.TextLength, AccountId.TextLength);

    /// <summary>Accounts that were opened, with what is in them. Not while commands are under way.</summary>
    public void Add(IEnumerable<string> accounts, long balance)
    {
        ArgumentNullException.ThrowIfNull(accounts);
        foreach (var account in accounts)
        {
            numbers.Add(account, numbers.Count);
            ids.AddRange(Encoding.ASCII.GetBytes(account));
            opened.Add(balance);
        }
        var before = least.Length;
        Array.Resize(ref least, opened.Count);
        Array.Resize(ref most, opened.Count);
        for (var i = before; i < least.Length; i++)
        {
            least[i] = most[i] = balance;
        }
    }

    /// <summary>An acknowledged command changed a balance.</summary>
    public void Accepted(int account, long change)
    {
        Interlocked.Add(ref least[account], change);
        Interlocked.Add(ref most[account], change);
    }

    /// <summary>A command may have changed a balance, now or later.</summary>
    public void MayChange(int account, long change)
    {
        Interlocked.Increment(ref unknown);
        Interlocked.Add(ref change < 0 ? ref least[account] : ref most[account], change);
    }

    /// <summary>What is wrong with the balance of one of these accounts; null if nothing is.</summary>
    public string? Judge(string account, long balance)
    {
        var number = numbers[account];
        return balance < least[number] || balance > most[number]
            ? FormattableString.Invariant(
                $"account {account} holds {balance}, acknowledged commands say {least[number]} … {most[number]}")
            : null;
    }

    /// <summary>Whether an account is one of these.</summary>
    public bool Has(string account) => numbers.ContainsKey(account);

    /// <summary>The bounds of the sum of all balances.</summary>
    public (Int128 Least, Int128 Most) Total() =>
        (least.Aggregate((Int128)0, (sum, one) => sum + one), most.Aggregate((Int128)0, (sum, one) => sum + one));
}
