using System.Collections.Concurrent;
using Aspire.Hosting.ApplicationModel;

namespace BankAccounts.Fuzz;

/// <summary>
/// What the services log as their own fault, from now on. A caller must not be able to bring that about: he could fill
/// the logs, and nobody would find the true faults in them.
/// </summary>
internal sealed class FaultLogs(ResourceLoggerService logs) : IAsyncDisposable
{
    private const int KeptLines = 6;
    private const int MostKinds = 1_000;

    /// <summary>
    /// What operators have to be told: how healthy a service is, that a forged credit has halted a channel, and that the
    /// server has ended a connection because of a flood.
    /// </summary>
    private static readonly string[] News = ["HealthCheck", "PartitionProjector[2105]", "Kestrel.Http2[60]"];

    private static readonly string[] Faults = ["fail: ", "crit: ", "Unhandled exception"];

    /// <summary>
    /// The server below gRPC loses sight of a connection now and then when many are cut off at once, while no request of
    /// it is under way: https://github.com/dotnet/aspnetcore/issues/51307, open. More often than so, it is a finding.
    /// </summary>
    private const string LostConnection = "Kestrel[23]";

    private const int CasesPerLostConnection = 10_000;

    private readonly ConcurrentDictionary<string, int> kinds = new();
    private int lostConnections;
    private readonly CancellationTokenSource ended = new();
    private readonly List<Task> reading = [];

    /// <summary>Begins to read the logs of replicas where they end now.</summary>
    public async Task FollowAsync(IEnumerable<string> ids)
    {
        foreach (var id in ids)
        {
            var last = 0;
            await foreach (var lines in logs.GetAllAsync(id))
            {
                last = lines.Select(line => line.LineNumber).Append(last).Max();
            }
            reading.Add(ReadAsync(id, last));
        }
    }

    /// <summary>Notes each kind of fault since the last time, with how often it was logged.</summary>
    /// <returns>Of how many connections the server below gRPC has lost sight.</returns>
    public int Check(int cases, Findings findings)
    {
        foreach (var kind in kinds.Keys)
        {
            if (kinds.TryRemove(kind, out var count))
            {
                findings.Add($"logged {count} times: {kind}");
            }
        }
        var (lost, most) = (Interlocked.Exchange(ref lostConnections, 0), 1 + (cases / CasesPerLostConnection));
        if (lost > most)
        {
            findings.Add($"the server has lost sight of {lost} connections, {most} at most may be");
        }
        return lost;
    }

    public async ValueTask DisposeAsync()
    {
        await ended.CancelAsync();
        await Task.WhenAll(reading);
        ended.Dispose();
    }

    private async Task ReadAsync(string id, int after)
    {
        var fault = new List<string>();
        try
        {
            await foreach (var lines in logs.WatchAsync(id).WithCancellation(ended.Token))
            {
                foreach (var text in lines.Where(line => line.LineNumber > after).Select(line => WithoutTime(line.Content)))
                {
                    var begins = Array.Exists(Faults, mark => text.StartsWith(mark, StringComparison.Ordinal))
                        && !Array.Exists(News, mark => text.Contains(mark, StringComparison.Ordinal));
                    if (fault.Count > 0 && (begins || fault.Count == KeptLines || !text.StartsWith(' ')))
                    {
                        Note(id, fault);
                    }
                    if (begins || fault.Count > 0)
                    {
                        fault.Add(text.Trim());
                    }
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The run is over.
        }
    }

    private void Note(string id, List<string> fault)
    {
        var kind = string.Join(" | ", fault);
        if (kind.Contains(LostConnection, StringComparison.Ordinal))
        {
            Interlocked.Increment(ref lostConnections);
        }
        else if (kinds.Count < MostKinds || kinds.ContainsKey(kind))
        {
            kinds.AddOrUpdate($"{id[..id.LastIndexOf('-')]}: {kind}", 1, (_, count) => count + 1);
        }
        fault.Clear();
    }

    /// <summary>The host writes the time before each line.</summary>
    private static string WithoutTime(string line) => line.IndexOf(' ', StringComparison.Ordinal) is > 0 and var space
        && line.Length > 0 && char.IsAsciiDigit(line[0]) ? line[(space + 1)..] : line;
}
