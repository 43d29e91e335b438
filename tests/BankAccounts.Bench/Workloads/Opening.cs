using System.Globalization;
using BankAccounts.Bench.Calls;
using BankAccounts.Bench.Checks;
using BankAccounts.V1;
using Grpc.Core;

namespace BankAccounts.Bench.Workloads;

/// <summary>Opens accounts, each with money in it, by the batch.</summary>
public sealed class Opening(Connections connections, Population population, Acknowledgements acknowledged)
{
    /// <summary>What each account begins with, in minor units: far more than a run takes out.</summary>
    public const long Balance = 1_000_000_000;

    private const int BatchCommands = 500;
    private const int BatchesUnderWay = 8;

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);

    private int opened;

    /// <summary>Opens so many more accounts.</summary>
    public async Task OpenAsync(int count)
    {
        var streams = connections.Invokers.Count;
        var shares = Enumerable.Range(0, streams)
            .Select(stream => (count / streams) + (stream < count % streams ? 1 : 0));
        var accounts = await Task.WhenAll(shares.Select((share, stream) =>
            Task.Run(() => OpenShareAsync(connections.Invokers[stream], share))));
        population.Add(accounts.SelectMany(ids => ids), Balance);
    }

    private async Task<string[]> OpenShareAsync(CallInvoker invoker, int count)
    {
        var accounts = new string[count];
        await ExecuteAsync(invoker, count, number => new Command { CreateAccount = NextAccount() }, (number, result) =>
        {
            accounts[number] = result.CreateAccount.AccountId;
            return result.CreateAccount.Decision;
        });
        await ExecuteAsync(
            invoker, count,
            number => new Command { Deposit = new DepositRequest { AccountId = accounts[number], Amount = Balance } },
            (_, result) => result.Deposit.Decision);
        return accounts;
    }

    private CreateAccountRequest NextAccount() => new()
    {
        HolderName = string.Create(
            CultureInfo.InvariantCulture, $"bench account {Interlocked.Increment(ref opened)}"),
    };

    private async Task ExecuteAsync(
        CallInvoker invoker, int count, Func<int, Command> commandOf, Func<int, CommandResult, Decision> decisionOf)
    {
        using var call = new CommandService.CommandServiceClient(invoker).Execute(deadline: DateTime.UtcNow + Patience);
        using var places = new SemaphoreSlim(BatchesUnderWay * BatchCommands);
        using var ended = new CancellationTokenSource();
        var reading = Task.Run(async () =>
        {
            try
            {
                await foreach (var response in call.ResponseStream.ReadAllAsync())
                {
                    foreach (var result in response.Results)
                    {
                        Take(result, decisionOf);
                    }
                    places.Release(response.Results.Count);
                }
            }
            finally
            {
                await ended.CancelAsync();
            }
        });
        try
        {
            await SendAsync(call.RequestStream, places, count, commandOf, ended.Token);
        }
        catch (OperationCanceledException) when (ended.IsCancellationRequested)
        {
            // The reading side knows why.
        }
        await reading;
    }

    private void Take(CommandResult result, Func<int, CommandResult, Decision> decisionOf)
    {
        if (result.Error is { } error)
        {
            throw new BenchException($"An account could not be opened: {error.Message}");
        }
        var position = decisionOf((int)result.Tag, result).Position;
        acknowledged.Add(position.Partition, position.Offset);
    }

    private static async Task SendAsync(
        IClientStreamWriter<ExecuteRequest> requests,
        SemaphoreSlim places,
        int count,
        Func<int, Command> commandOf,
        CancellationToken cancellation)
    {
        for (var sent = 0; sent < count;)
        {
            var batch = new ExecuteRequest();
            for (; sent < count && batch.Commands.Count < BatchCommands; sent++)
            {
                await places.WaitAsync(cancellation);
                var command = commandOf(sent);
                command.Tag = (ulong)sent;
                batch.Commands.Add(command);
            }
            await requests.WriteAsync(batch, cancellation);
        }
        await requests.CompleteAsync();
    }
}
