using BankAccounts.V1;
using Grpc.Core;
using Grpc.Net.Client;

namespace BankAccounts.Chaos;

/// <summary>
/// A careful caller: one call after the other, the same request again while its outcome is unknown (most of the time),
/// and reads that have to contain what was acknowledged.
/// </summary>
internal sealed class UnaryClient(int number, Uri commandAddress, Uri queryAddress, Population population, EventLog log, int seed)
{
    private const int MaxAttempts = 6;

    private static readonly TimeSpan CallDeadline = TimeSpan.FromSeconds(4);
    private static readonly TimeSpan RetryDelay = TimeSpan.FromMilliseconds(200);

    private readonly Random random = new(seed);

    /// <summary>Asks until it is told to stop; then what is under way is waited for.</summary>
    public async Task RunAsync(TimeSpan pause, CancellationToken stop)
    {
        using var commandChannel = GrpcChannel.ForAddress(commandAddress);
        using var queryChannel = GrpcChannel.ForAddress(queryAddress);
        var commands = new CommandService.CommandServiceClient(commandChannel);
        var reads = new Reads(new QueryService.QueryServiceClient(queryChannel), population, log);
        var wishes = new Wishes(number, population, random);
        while (!stop.IsCancellationRequested)
        {
            if (population.Count > 0 && random.Next(5) == 0)
            {
                await reads.ReadAsync(population.Any(random), CallDeadline);
            }
            else
            {
                await AskAsync(commands, population.Count == 0 ? wishes.Create() : wishes.Next(), stop);
            }
            await Task.Delay(pause * (2 * random.NextDouble()), stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task AskAsync(CommandService.CommandServiceClient commands, Asked asked, CancellationToken stop)
    {
        for (var attempt = 0; attempt < MaxAttempts; attempt++)
        {
            var answer = await AttemptAsync(commands, asked);
            if (answer.Outcome is not ("unknown" or "refused") || asked.Request.Length == 0
                || random.Next(5) == 0 || stop.IsCancellationRequested)
            {
                return;
            }
            await Task.Delay(RetryDelay, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task<Answer> AttemptAsync(CommandService.CommandServiceClient commands, Asked asked)
    {
        var id = log.Invoked(number, asked);
        Answer answer;
        try
        {
            answer = await Commands.CallAsync(commands, asked, DateTime.UtcNow + CallDeadline);
        }
        catch (RpcException error)
        {
            answer = Answer.Of(error);
        }
        log.Returned(id, answer);
        population.Learn(asked, answer);
        return answer;
    }
}
