using BankAccounts.ProjectionService.Ledger;

namespace BankAccounts.ProjectionService.Log;

/// <summary>The log does not have what comes next for a partition: its offset is out of range.</summary>
public sealed class LogLostException(string message) : Exception(message);

/// <summary>
/// What was read of one partition and is not folded yet. The reader's thread fills it, the partition's
/// projector empties it and says where to read on. What was read before the last seek is dropped.
/// </summary>
/// <remarks>
/// The reader hands over what came in one turn at once: a lock and a wake-up for each record would cost more than
/// reading it, and a projector that is woken by the first of many would commit it alone.
/// </remarks>
public sealed class PartitionFeed(int partition, int capacity)
{
    private const long EndNotKnown = -1;

    private readonly Lock gate = new();

    // Under the gate. Somebody waits for records while there is an arrival.
    private readonly Queue<LogEntry> waiting = new();
    private TaskCompletionSource? arrival;
    private int wantedSeek;
    private int doneSeek;
    private long seekOffset;
    private LogLostException? lost;

    private int queued;
    private long logEnd = EndNotKnown;

    // The reader's thread only: what it has not handed over, the offset that comes next, and the gap that was found
    // there last.
    private readonly List<LogEntry> added = [];
    private long next;
    private (long From, long To) gap = (EndNotKnown, EndNotKnown);

    /// <summary>The partition.</summary>
    public int Partition { get; } = partition;

    /// <summary>
    /// Whether reading is paused, or may be: the client lets a partition that was paused stay so over a rebalance, and
    /// over everything else but being resumed. The reader's thread only.
    /// </summary>
    public bool IsPaused { get; set; } = true;

    /// <summary>Whether the projector has said where to begin. The reader's thread only.</summary>
    public bool HasSought => doneSeek > 0;

    /// <summary>How many records wait, of those that were handed over.</summary>
    public int Queued => Volatile.Read(ref queued);

    /// <summary>The offset behind the log's last record, as the reader saw it last; null before that.</summary>
    public long? LogEnd => Volatile.Read(ref logEnd) is >= 0 and var end ? end : null;

    /// <summary>Whether so much waits that reading should pause.</summary>
    public bool IsFull => Queued >= capacity;

    /// <summary>Whether so little waits that reading should go on.</summary>
    public bool IsHalfEmpty => Queued <= capacity / 2;

    /// <summary>Asks the reader to read on at an offset; everything read before is dropped.</summary>
    public void Seek(long offset)
    {
        lock (gate)
        {
            wantedSeek++;
            seekOffset = offset;
            lost = null;
            waiting.Clear();
            Volatile.Write(ref queued, 0);
        }
    }

    /// <summary>For the reader: the offset of a seek that is not done yet.</summary>
    public bool TryGetSeek(out int seek, out long offset)
    {
        lock (gate)
        {
            (seek, offset) = (wantedSeek, seekOffset);
            return doneSeek != wantedSeek;
        }
    }

    /// <summary>For the reader: a seek is done, what is added now comes from there.</summary>
    public void SeekDone(int seek, long offset)
    {
        next = offset;
        added.Clear();
        lock (gate)
        {
            doneSeek = seek;
        }
    }

    /// <summary>
    /// For the reader: adds a record, which is there once it is handed over. What a client leaves out would be left out
    /// of the fold as well, so a gap is believed only if reading from its beginning finds the very same one again: a
    /// newer Kafka keeps marks of its own in the log.
    /// </summary>
    /// <returns>Where to read again, if the record is behind a gap; otherwise null.</returns>
    public long? Add(in LogEntry entry)
    {
        if (HasSought)
        {
            if (entry.Offset < next)
            {
                return null;
            }
            if (entry.Offset > next && gap != (next, entry.Offset))
            {
                gap = (next, entry.Offset);
                return next;
            }
            next = entry.Offset + 1;
        }
        added.Add(entry);
        return null;
    }

    /// <summary>For the reader: the projector can take what was added, and is woken if it waits.</summary>
    public void HandOver()
    {
        if (added.Count == 0)
        {
            return;
        }
        TaskCompletionSource? awaited = null;
        lock (gate)
        {
            if (doneSeek == wantedSeek)
            {
                added.ForEach(waiting.Enqueue);
                Volatile.Write(ref queued, waiting.Count);
                (awaited, arrival) = (arrival, null);
            }
        }
        added.Clear();
        awaited?.SetResult();
    }

    /// <summary>For the reader: the log ends there; negative if that is not known yet.</summary>
    public void SeeEnd(long offset) => Volatile.Write(ref logEnd, offset);

    /// <summary>For the reader: the log has nothing at the offset that comes next.</summary>
    public void Lose(LogLostException problem)
    {
        lock (gate)
        {
            lost = problem;
        }
    }

    /// <summary>
    /// Takes what waits, up to a number of records; nothing if nothing comes in time.
    /// </summary>
    /// <exception cref="LogLostException">The log has nothing at the offset that comes next.</exception>
    public async Task<List<LogEntry>> TakeAsync(int max, TimeSpan wait, CancellationToken cancellation)
    {
        var batch = Take(max);
        if (batch.Count > 0)
        {
            return batch;
        }
        await ArrivalAsync().WaitAsync(wait, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        cancellation.ThrowIfCancellationRequested();
        return Take(max);
    }

    /// <summary>Takes what waits now, up to a number of records.</summary>
    public List<LogEntry> Take(int max)
    {
        lock (gate)
        {
            if (lost is not null)
            {
                throw lost;
            }
            var batch = new List<LogEntry>(Math.Min(max, waiting.Count));
            while (batch.Count < max && waiting.TryDequeue(out var entry))
            {
                batch.Add(entry);
            }
            Volatile.Write(ref queued, waiting.Count);
            return batch;
        }
    }

    /// <summary>Ends when something waits.</summary>
    private Task ArrivalAsync()
    {
        lock (gate)
        {
            if (waiting.Count > 0)
            {
                return Task.CompletedTask;
            }
            arrival ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return arrival.Task;
        }
    }
}
