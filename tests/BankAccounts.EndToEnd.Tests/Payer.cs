using System.Diagnostics;
using System.Globalization;
using BankAccounts.V1;
using Grpc.Core;

namespace BankAccounts.EndToEnd.Tests;

/// <summary>
/// A careful client that pays 1 into an account again and again, each payment once: it asks with the same
/// request id until the payment is accepted.
/// </summary>
public sealed class Payer : IAsyncDisposable
{
    private static readonly TimeSpan CallDeadline = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan RetryDelay = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly CommandService.CommandServiceClient client;
    private readonly string account;
    private readonly long balanceBefore;
    private readonly CancellationTokenSource stopped = new();
    private readonly CancellationTokenSource abandoned = new();
    private readonly Task paying;
    private Position? last;
    private int paid;
    private long longestWaitMs;

    private Payer(Bank bank, string account, long balanceBefore)
    {
        client = bank.NewCommands();
        this.account = account;
        this.balanceBefore = balanceBefore;
        paying = PayAsync();
    }

    /// <summary>How many payments were accepted.</summary>
    public int Paid => Volatile.Read(ref paid);

    /// <summary>The longest time that a payment took from its first asking to its acceptance.</summary>
    public TimeSpan LongestWait => TimeSpan.FromMilliseconds(Volatile.Read(ref longestWaitMs));

    /// <summary>Opens an account and begins to pay into it.</summary>
    public static async Task<Payer> StartAsync(Bank bank) =>
        await StartAsync(bank, await bank.OpenAccountAsync(balance: 0));

    /// <summary>Begins to pay into an account.</summary>
    public static async Task<Payer> StartAsync(Bank bank, string account) =>
        new(bank, account, (await bank.GetAccountAsync(account)).Balance);

    /// <summary>Ends with the payment under way, and holds the account against what was accepted.</summary>
    public async Task StopAsync(Bank bank)
    {
        await stopped.CancelAsync();
        await paying.WaitAsync(Patience);
        Assert.Equal(balanceBefore + Paid, (await bank.GetAccountAsync(account, last)).Balance);
    }

    public async ValueTask DisposeAsync()
    {
        await stopped.CancelAsync();
        await abandoned.CancelAsync();
        await paying;
        stopped.Dispose();
        abandoned.Dispose();
    }

    private async Task PayAsync()
    {
        for (var payment = 0; !stopped.IsCancellationRequested; payment++)
        {
            var request = new DepositRequest
            {
                AccountId = account,
                Amount = 1,
                RequestId = payment.ToString(CultureInfo.InvariantCulture),
            };
            var clock = Stopwatch.StartNew();
            while (!await IsAcceptedAsync(request) && !abandoned.IsCancellationRequested)
            {
                await Task.Delay(RetryDelay);
            }
            Volatile.Write(ref longestWaitMs, Math.Max(longestWaitMs, clock.ElapsedMilliseconds));
            Interlocked.Increment(ref paid);
        }
    }

    private async Task<bool> IsAcceptedAsync(DepositRequest request)
    {
        try
        {
            var answer = await client.DepositAsync(request, deadline: DateTime.UtcNow + CallDeadline);
            last = answer.Decision.Position;
            return answer.Decision.Outcome == Outcome.Accepted;
        }
        catch (RpcException unknown) when (
            unknown.StatusCode is StatusCode.DeadlineExceeded or StatusCode.Unavailable or StatusCode.ResourceExhausted)
        {
            return false;
        }
    }
}
