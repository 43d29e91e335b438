using System.Diagnostics;
using System.Globalization;
using BankAccounts.V1;
using Google.Rpc;
using Grpc.Core;
using Grpc.Net.Client;

namespace BankAccounts.Load;

/// <summary>
/// Moves money at random among some accounts, as careful callers do: each command has a request id, and
/// is asked for again with the same one until its outcome is known.
/// </summary>
public sealed class LoadDriver : IDisposable
{
    private const string Ok = "OK";
    private const string NotKnownYet = "";
    private const string GaveUp = "GAVE_UP";

    private static readonly TimeSpan CallDeadline = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan RetryDelay = TimeSpan.FromMilliseconds(200);

    private readonly LoadOptions options;
    private readonly GrpcChannel[] channels;
    private readonly CommandService.CommandServiceClient[] clients;

    public LoadDriver(LoadOptions options)
    {
        this.options = options;
        channels = [.. Enumerable.Range(0, options.Connections)
            .Select(_ => GrpcChannel.ForAddress(options.Address))];
        clients = [.. channels.Select(channel => new CommandService.CommandServiceClient(channel))];
    }

    /// <summary>Opens the accounts and makes the transfers.</summary>
    public async Task<LoadReport> RunAsync(CancellationToken cancellation = default)
    {
        var accounts = await OpenAllAsync(cancellation);
        var report = new LoadReport { Accounts = accounts };
        var clock = Stopwatch.StartNew();
        var next = -1;
        await Task.WhenAll(Enumerable.Range(0, options.InFlight).Select(async worker =>
        {
            var random = new Random(options.Seed + worker);
            int number;
            while ((number = Interlocked.Increment(ref next)) < options.Transfers)
            {
                var request = NextTransfer(random, accounts, number);
                var client = clients[number % clients.Length];
                var begun = clock.Elapsed;
                var outcome = await UntilKnownAsync(
                    async deadline => (await client.TransferAsync(
                        request, deadline: deadline, cancellationToken: cancellation)).Decision,
                    report,
                    cancellation);
                report.Count(outcome, clock.Elapsed - begun);
            }
        }));
        report.Elapsed = clock.Elapsed;
        return report;
    }

    /// <summary>Opens the accounts, each with its opening balance.</summary>
    public Task<string[]> OpenAllAsync(CancellationToken cancellation = default) => Task.WhenAll(
        Enumerable.Range(0, options.Accounts).Select(number => OpenAsync(number, cancellation)));

    public void Dispose() => Array.ForEach(channels, channel => channel.Dispose());

    private TransferRequest NextTransfer(Random random, string[] accounts, int number)
    {
        var from = random.Next(accounts.Length);
        var to = (from + 1 + random.Next(accounts.Length - 1)) % accounts.Length;
        return new TransferRequest
        {
            FromAccountId = accounts[from],
            ToAccountId = accounts[to],
            Amount = random.NextInt64(1, options.MaxAmount + 1),
            RequestId = string.Create(CultureInfo.InvariantCulture, $"load {options.Seed}, transfer {number}"),
        };
    }

    private async Task<string> OpenAsync(int number, CancellationToken cancellation)
    {
        var client = clients[number % clients.Length];
        var name = string.Create(CultureInfo.InvariantCulture, $"load {options.Seed}, account {number}");
        var account = string.Empty;
        var report = new LoadReport { Accounts = [] };
        var opened = await UntilKnownAsync(
            async deadline =>
            {
                var created = await client.CreateAccountAsync(
                    new CreateAccountRequest { HolderName = name, RequestId = name },
                    deadline: deadline, cancellationToken: cancellation);
                account = created.AccountId;
                return (await client.DepositAsync(
                    new DepositRequest { AccountId = account, Amount = options.OpeningBalance, RequestId = name + ", opening" },
                    deadline: deadline, cancellationToken: cancellation)).Decision;
            },
            report,
            cancellation);
        return opened == Ok ? account : throw new InvalidOperationException($"{name}: {opened}");
    }

    private async Task<string> UntilKnownAsync(
        Func<DateTime, Task<Decision>> call, LoadReport report, CancellationToken cancellation)
    {
        var patience = Stopwatch.StartNew();
        while (patience.Elapsed < options.Patience)
        {
            var outcome = await TryAsync(call);
            if (outcome != NotKnownYet)
            {
                return outcome;
            }
            report.CountRetry();
            await Task.Delay(RetryDelay, cancellation);
        }
        return GaveUp;
    }

    private static async Task<string> TryAsync(Func<DateTime, Task<Decision>> call)
    {
        try
        {
            var decision = await call(DateTime.UtcNow + CallDeadline);
            return decision.Outcome == Outcome.Accepted ? Ok : NotKnownYet;
        }
        catch (RpcException refused) when (refused.StatusCode
            is StatusCode.FailedPrecondition or StatusCode.NotFound or StatusCode.AlreadyExists or StatusCode.InvalidArgument)
        {
            return refused.GetRpcStatus()?.GetDetail<ErrorInfo>()?.Reason ?? refused.StatusCode.ToString();
        }
        catch (RpcException unknown) when (unknown.StatusCode
            is StatusCode.Unavailable or StatusCode.DeadlineExceeded or StatusCode.ResourceExhausted
            or StatusCode.Internal or StatusCode.Cancelled)
        {
            return NotKnownYet;
        }
    }
}
