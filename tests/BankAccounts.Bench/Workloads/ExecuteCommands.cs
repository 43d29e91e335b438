using System.Diagnostics;
using BankAccounts.Bench.Calls;
using BankAccounts.Bench.Measuring;
using Grpc.Core;

namespace BankAccounts.Bench.Workloads;

/// <summary>Commands in batches: a stream on each connection, with so many batches under way in each.</summary>
/// <param name="connections">A stream is opened on each.</param>
/// <param name="witness">What hears the answers.</param>
/// <param name="batchesPerStream">Batches under way in one stream; a server takes 16 (8,192 commands).</param>
public sealed class ExecuteCommands(Connections connections, Witness witness, int batchesPerStream)
{
    // A transfer is three records, and its latency that of three commands: with as many of them under way as of
    // commands, a short run would see little else than the pipes being filled.
    private const int TransfersLess = 2;

    /// <summary>Commands in one message.</summary>
    public const int BatchCommands = 500;

    private static readonly TimeSpan AnswerWithin = TimeSpan.FromSeconds(60);

    /// <summary>Commands that are under way at once.</summary>
    public long MostUnderWay => (long)connections.Invokers.Count * batchesPerStream * BatchCommands;

    /// <summary>Sends until the pipes are full, and then for so long, which is what counts.</summary>
    public async Task<Sample> RunAsync(bool transfers, TimeSpan duration)
    {
        var clock = Stopwatch.StartNew();
        var batches = transfers ? Math.Max(1, batchesPerStream / TransfersLess) : batchesPerStream;
        var window = new SteadyWindow((long)connections.Invokers.Count * batches * BatchCommands, duration);
        var streams = await Task.WhenAll(connections.Invokers.Select(
            invoker => Task.Run(() => StreamAsync(invoker, transfers, batches, window, clock))));
        var all = streams[0];
        foreach (var latency in streams.Skip(1))
        {
            all.Add(latency);
        }
        return new Sample(window.PerSecond, all.Count, all);
    }

    /// <summary>Sends until at least so many commands were answered.</summary>
    public async Task<long> SendAsync(long commands)
    {
        long sent = 0;
        while (sent < commands)
        {
            sent += (await RunAsync(transfers: false, TimeSpan.FromSeconds(1))).Count;
        }
        return sent;
    }

    private async Task<LatencyHistogram> StreamAsync(
        CallInvoker invoker, bool transfers, int batchCount, SteadyWindow window, Stopwatch clock)
    {
        var batches = Enumerable.Range(0, batchCount)
            .Select(number => new CommandBatch(witness, transfers, number, BatchCommands)).ToArray();
        using var free = new SemaphoreSlim(0);
        var ready = new Queue<CommandBatch>(batches);
        free.Release(batches.Length);
        using var call = invoker.AsyncDuplexStreamingCall(BankCalls.Execute, null, default);
        var reading = Task.Run(() => ReadAsync(call.ResponseStream, batches, window, clock, done =>
        {
            lock (ready)
            {
                ready.Enqueue(done);
            }
            free.Release();
        }));
        while (!window.IsOver(clock.Elapsed) && !reading.IsCompleted)
        {
            if (!await free.WaitAsync(AnswerWithin))
            {
                throw new BenchException($"A stream was not answered for {AnswerWithin.TotalSeconds} s.");
            }
            CommandBatch batch;
            lock (ready)
            {
                batch = ready.Dequeue();
            }
            await call.RequestStream.WriteAsync(batch.Fill(clock.Elapsed));
        }
        await call.RequestStream.CompleteAsync();
        return await reading;
    }

    private static async Task<LatencyHistogram> ReadAsync(
        IAsyncStreamReader<PooledBytes> responses,
        CommandBatch[] batches,
        SteadyWindow window,
        Stopwatch clock,
        Action<CommandBatch> done)
    {
        var latency = new LatencyHistogram();
        while (await responses.MoveNext(CancellationToken.None))
        {
            using var response = responses.Current;
            var now = clock.Elapsed;
            var answered = AnswerReader.ReadBatch(response.Span, answer =>
            {
                var index = (int)answer.Tag - Requests.FirstTag;
                var batch = batches[index / BatchCommands];
                latency.Record(now - batch.SentAt);
                if (batch.Take(index % BatchCommands, answer))
                {
                    done(batch);
                }
            });
            window.Count(answered, now);
        }
        return latency;
    }
}
