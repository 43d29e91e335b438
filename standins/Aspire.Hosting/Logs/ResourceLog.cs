using System.Threading.Channels;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>
/// What one replica said: the latest lines, and those to come for whoever watches.
/// </summary>
internal sealed class ResourceLog
{
    internal const int LinesMax = 10_000;

    private readonly Lock _lock = new();
    private readonly Queue<LogLine> _lines = [];
    private readonly List<Channel<LogLine>> _watchers = [];
    private int _lineNumber;
    private bool _complete;

    internal void Add(string content, bool isError)
    {
        var time = DateTime.UtcNow.ToString("O", System.Globalization.CultureInfo.InvariantCulture);
        lock (_lock)
        {
            var line = new LogLine(++_lineNumber, $"{time} {content}", isError);
            if (_lines.Count == LinesMax)
            {
                _lines.Dequeue();
            }
            _lines.Enqueue(line);
            foreach (var watcher in _watchers)
            {
                watcher.Writer.TryWrite(line);
            }
        }
    }

    internal IReadOnlyList<LogLine> Lines()
    {
        lock (_lock)
        {
            return [.. _lines];
        }
    }

    internal void Clear()
    {
        lock (_lock)
        {
            _lines.Clear();
            _lineNumber = 0;
            _complete = false;
        }
    }

    /// <summary>Ends every watch; a replica that starts again opens its log again.</summary>
    internal void Complete()
    {
        lock (_lock)
        {
            _complete = true;
            _watchers.ForEach(watcher => watcher.Writer.TryComplete());
            _watchers.Clear();
        }
    }

    internal void Reopen()
    {
        lock (_lock)
        {
            _complete = false;
        }
    }

    internal ChannelReader<LogLine> Watch()
    {
        // A watcher that does not read loses the oldest lines, as the backlog does.
        var channel = Channel.CreateBounded<LogLine>(
            new BoundedChannelOptions(LinesMax) { FullMode = BoundedChannelFullMode.DropOldest });
        lock (_lock)
        {
            foreach (var line in _lines)
            {
                channel.Writer.TryWrite(line);
            }
            if (_complete)
            {
                channel.Writer.TryComplete();
            }
            else
            {
                _watchers.Add(channel);
            }
        }
        return channel.Reader;
    }

    internal void Unwatch(ChannelReader<LogLine> reader)
    {
        lock (_lock)
        {
            _watchers.RemoveAll(watcher => watcher.Reader == reader);
        }
    }
}
