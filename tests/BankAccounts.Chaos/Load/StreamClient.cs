using BankAccounts.V1;
using Grpc.Core;
using Grpc.Net.Client;

namespace BankAccounts.Chaos;

/// <summary>A caller with volume: batches in one stream after the other. What a stream does not answer is unknown.</summary>
internal sealed class StreamClient(int number, Uri address, Population population, EventLog log, int seed)
{
    private const int Batches = 4;
    private const int MaxBatch = 24;

    private static readonly TimeSpan StreamDeadline = TimeSpan.FromSeconds(8);

    private readonly Random random = new(seed);

    /// <summary>One stream after the other, until it is told to stop.</summary>
    public async Task RunAsync(TimeSpan pause, CancellationToken stop)
    {
        using var channel = GrpcChannel.ForAddress(address);
        var commands = new CommandService.CommandServiceClient(channel);
        var wishes = new Wishes(number, population, random);
        while (!stop.IsCancellationRequested)
        {
            if (population.Count > 0)
            {
                await StreamAsync(commands, wishes, pause, stop);
            }
            await Task.Delay(pause, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task StreamAsync(
        CommandService.CommandServiceClient commands, Wishes wishes, TimeSpan pause, CancellationToken stop)
    {
        var underWay = new Dictionary<ulong, (long Id, Asked Asked)>();
        try
        {
            // What is under way is waited for, so a stream ends by its half-close or its deadline.
            using var call = commands.Execute(
                deadline: DateTime.UtcNow + StreamDeadline, cancellationToken: CancellationToken.None);
            var reading = ReadAsync(call.ResponseStream, underWay);
            try
            {
                for (var batch = 0; batch < Batches && !stop.IsCancellationRequested; batch++)
                {
                    await call.RequestStream.WriteAsync(NextBatch(wishes, underWay), CancellationToken.None);
                    await Task.Delay(pause, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                }
                await call.RequestStream.CompleteAsync();
            }
            finally
            {
                await reading;
            }
        }
        catch (Exception broken) when (broken is RpcException or InvalidOperationException or IOException)
        {
            // What was under way stays unknown.
        }
        lock (underWay)
        {
            foreach (var (id, asked) in underWay.Values)
            {
                log.Returned(id, Answer.Unknown);
                population.Learn(asked, Answer.Unknown);
            }
        }
    }

    private ExecuteRequest NextBatch(Wishes wishes, Dictionary<ulong, (long Id, Asked Asked)> underWay)
    {
        var batch = new ExecuteRequest();
        for (var left = random.Next(1, MaxBatch + 1); left > 0; left--)
        {
            var asked = wishes.Next();
            var id = log.Invoked(number, asked);
            lock (underWay)
            {
                underWay.Add((ulong)id, (id, asked));
            }
            batch.Commands.Add(Commands.Tagged((ulong)id, asked));
        }
        return batch;
    }

    private async Task ReadAsync(
        IAsyncStreamReader<ExecuteResponse> responses, Dictionary<ulong, (long Id, Asked Asked)> underWay)
    {
        await foreach (var response in responses.ReadAllAsync())
        {
            foreach (var result in response.Results)
            {
                Asked asked;
                lock (underWay)
                {
                    // An answer to nothing, or a second one, would be a defect of its own.
                    if (!underWay.Remove(result.Tag, out var sent))
                    {
                        throw new ChaosException($"Execute answered {result.Tag}, which was not under way.");
                    }
                    asked = sent.Asked;
                }
                var answer = Answer.Of(result);
                log.Returned((long)result.Tag, answer);
                population.Learn(asked, answer);
            }
        }
    }
}
