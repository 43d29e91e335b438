using System.Runtime.InteropServices;

namespace BankAccounts.ServiceDefaults.Overload;

/// <summary>
/// Room for so many things at once, which callers share. A caller gets a place as long as it holds fewer than
/// <see cref="Greed"/> times the places that are free: the dynamic threshold that switches share their buffers by
/// (Choudhury and Hahne, 1998). One caller alone may hold four fifths; each further one that asks for all it can get
/// makes the others' part smaller; and some places stay free for whoever comes next.
/// </summary>
/// <param name="size">How many places there are.</param>
public sealed class SharedRoom(int size)
{
    /// <summary>How many times the free places one caller may hold.</summary>
    public const int Greed = 4;

    private readonly Lock gate = new();

    /// <summary>How many places each caller holds that holds any: at most as many entries as places.</summary>
    private readonly Dictionary<string, int> held = new(StringComparer.Ordinal);

    private int taken;

    /// <summary>How many places are taken.</summary>
    public int Taken => Volatile.Read(ref taken);

    /// <summary>Takes a place; false if the caller holds as many as it may.</summary>
    public bool TryTake(string caller)
    {
        lock (gate)
        {
            ref var mine = ref CollectionsMarshal.GetValueRefOrAddDefault(held, caller, out var isKnown);
            if (mine < (long)Greed * (size - taken))
            {
                mine++;
                taken++;
                return true;
            }
            if (!isKnown)
            {
                held.Remove(caller);
            }
            return false;
        }
    }

    /// <summary>Gives places back that this caller has taken.</summary>
    public void GiveBack(string caller, int count = 1)
    {
        lock (gate)
        {
            var left = held[caller] - count;
            ArgumentOutOfRangeException.ThrowIfNegative(left);
            if (left == 0)
            {
                held.Remove(caller);
            }
            else
            {
                held[caller] = left;
            }
            taken -= count;
        }
    }
}
