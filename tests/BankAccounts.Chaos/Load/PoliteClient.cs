using System.Diagnostics;
using Grpc.Core;
using Grpc.Net.Client;

namespace BankAccounts.Chaos;

/// <summary>
/// A caller with one call at a time, who asks again with the same request id until it knows what became of it: for it a
/// command takes from the first attempt to that answer.
/// </summary>
internal sealed class PoliteClient(int client, Uri address, Population population, EventLog log, Random random)
{
    private static readonly TimeSpan CallDeadline = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan GivesUpAfter = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan RetryDelay = TimeSpan.FromMilliseconds(100);

    private readonly string name = string.Create(
        System.Globalization.CultureInfo.InvariantCulture, $"polite {client} of {log.Now}");

    /// <summary>The commands of which it was told what became of them.</summary>
    public int Answered { get; private set; }

    /// <summary>Calls that ended without a word of the bank's.</summary>
    public int Cut { get; private set; }

    /// <summary>Commands that it had to ask about again because the bank had refused to take them.</summary>
    public int Refused { get; private set; }

    /// <summary>Commands that it gave up.</summary>
    public int Failed { get; private set; }

    public TimeSpan Slowest { get; private set; }

    /// <summary>Asks until it is told to stop.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        using var channel = GrpcChannel.ForAddress(address);
        var commands = new V1.CommandService.CommandServiceClient(channel);
        for (var number = 0; !stop.IsCancellationRequested; number++)
        {
            await AskAsync(commands, new Asked("deposit", $"{name}, request {number}")
            {
                Account = population.Any(random),
                Amount = 1,
                Currency = string.Empty,
                Description = string.Empty,
            });
            await Task.Delay(Pause, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task AskAsync(V1.CommandService.CommandServiceClient commands, Asked asked)
    {
        var clock = Stopwatch.StartNew();
        while (clock.Elapsed < GivesUpAfter)
        {
            var answer = await AttemptAsync(commands, asked);
            if (answer.Outcome is not ("unknown" or "refused"))
            {
                Answered++;
                Slowest = clock.Elapsed > Slowest ? clock.Elapsed : Slowest;
                return;
            }
            await Task.Delay(RetryDelay);
        }
        Failed++;
    }

    private async Task<Answer> AttemptAsync(V1.CommandService.CommandServiceClient commands, Asked asked)
    {
        var id = log.Invoked(client, asked);
        Answer answer;
        try
        {
            answer = await Commands.CallAsync(commands, asked, DateTime.UtcNow + CallDeadline);
        }
        catch (RpcException error)
        {
            answer = Answer.Of(error);
            Cut += error.GetRpcStatus() is null ? 1 : 0;
            Refused += answer.Outcome == "refused" ? 1 : 0;
        }
        log.Returned(id, answer);
        population.Learn(asked, answer);
        return answer;
    }
}
