using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace BankAccounts.ProjectionService.Ledger;

/// <summary>
/// A part of the state that is kept by key, of which only some entries are in memory. The fold asks
/// only for keys that were loaded before; another one is a defect of the caller and throws. What is
/// known to be absent is an entry too.
/// </summary>
public sealed class Table<TKey, TValue>
    where TKey : notnull
    where TValue : class
{
    private readonly Dictionary<TKey, Entry> entries = [];
    private readonly bool isComplete;

    /// <summary>
    /// An empty table. One that is complete holds everything there is: a key that it lacks is absent.
    /// </summary>
    public Table(bool isComplete = false) => this.isComplete = isComplete;

    /// <summary>How many entries are in memory.</summary>
    public int Count => entries.Count;

    /// <summary>The entries in memory; null for those known to be absent.</summary>
    public IEnumerable<KeyValuePair<TKey, TValue?>> Entries =>
        entries.Select(entry => KeyValuePair.Create(entry.Key, entry.Value.Value));

    /// <summary>The value of a key, null if it is absent.</summary>
    public TValue? this[TKey key]
    {
        get
        {
            if (entries.TryGetValue(key, out var entry))
            {
                return entry.Value;
            }
            return isComplete ? null : throw new InvalidOperationException($"{key} was not loaded.");
        }
    }

    /// <summary>Whether a key is in memory; if so, the batch counts as its last use.</summary>
    public bool Touch(TKey key, long batch)
    {
        ref var entry = ref CollectionsMarshal.GetValueRefOrNullRef(entries, key);
        if (Unsafe.IsNullRef(ref entry))
        {
            return false;
        }
        entry = entry with { LastUsed = batch };
        return true;
    }

    /// <summary>Takes in what the store holds for a key that is not in memory.</summary>
    public void Load(TKey key, TValue? value, long batch) =>
        entries.TryAdd(key, new Entry(value, LastUsed: batch, LastChanged: -1));

    /// <summary>Changes a value; null removes it.</summary>
    public void Set(TKey key, TValue? value, long batch) =>
        entries[key] = new Entry(value, LastUsed: batch, LastChanged: batch);

    /// <summary>
    /// Frees memory down to half the capacity where it can, and returns whether it did. What a batch
    /// after <paramref name="confirmed"/> changed is in flight and stays: the store does not have it
    /// yet. What the current batch uses stays as well.
    /// </summary>
    public bool Evict(int capacity, long confirmed, long current)
    {
        if (entries.Count <= capacity)
        {
            return false;
        }
        var surplus = entries.Count - (capacity / 2);
        var victims = entries
            .Where(entry => entry.Value.LastChanged <= confirmed && entry.Value.LastUsed < current)
            .OrderBy(entry => entry.Value.LastUsed)
            .Take(surplus)
            .Select(entry => entry.Key)
            .ToList();
        victims.ForEach(key => entries.Remove(key));
        return victims.Count > 0;
    }

    private readonly record struct Entry(TValue? Value, long LastUsed, long LastChanged);
}
