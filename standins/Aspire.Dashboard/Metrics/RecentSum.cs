namespace Aspire.Dashboard.Metrics;

/// <summary>Sums of what came within the last seconds, by place.</summary>
internal sealed class RecentSum
{
    /// <summary>Some exports long, so that a line does not jump with their times of arrival.</summary>
    internal static readonly TimeSpan Window = TimeSpan.FromSeconds(5);

    private const int MaxEntries = 10_000;

    private readonly Queue<(long When, double[] Values)> _entries = [];

    internal void Add(double[] values, long now)
    {
        if (_entries.Count == MaxEntries)
        {
            _entries.Dequeue();
        }
        _entries.Enqueue((now, values));
    }

    internal double[] Sum(long now, TimeProvider time)
    {
        while (_entries.TryPeek(out var oldest) && time.GetElapsedTime(oldest.When, now) >= Window)
        {
            _entries.Dequeue();
        }
        var sums = new double[_entries.Select(entry => entry.Values.Length).DefaultIfEmpty().Max()];
        foreach (var (_, values) in _entries)
        {
            for (var place = 0; place < values.Length; place++)
            {
                sums[place] += values[place];
            }
        }
        return sums;
    }
}
