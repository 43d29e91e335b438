using System.Diagnostics;
using BankAccounts.Tests.Files;
using BankAccounts.Tests.Servers;

namespace BankAccounts.EndToEnd.Tests;

/// <summary>The console of samples/, as somebody types it.</summary>
[Collection(SharedBank.Name)]
public sealed class ConsoleTests(BankFixture fixture)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Bank bank = fixture.Bank;

    [Fact]
    public async Task It_opens_pays_transfers_lists_and_says_plainly_what_was_refused()
    {
        var name = $"Console {Guid.NewGuid():N}";
        var ada = await AccountAsync($"{name} Ada");
        var bob = await AccountAsync($"{name} Bob");

        Assert.Equal((0, "Accepted balance 12,500"), await RunAsync("deposit", ada, "12500", "--description", "salary"));
        Assert.Equal((0, "Accepted balance 10,000"), await RunAsync("withdraw", ada, "2500", "--request-id", "rent"));
        Assert.Equal((0, "Accepted balance 10,000"), await RunAsync("withdraw", ada, "2500", "--request-id", "rent"));
        var (code, text) = await RunAsync("transfer", ada, bob, "4000");
        Assert.Equal(0, code);
        Assert.StartsWith("Accepted balance 6,000\ntransfer ", text, StringComparison.Ordinal);

        var refused = await RunAsync("withdraw", ada, "99999");
        Assert.Equal((1, "INSUFFICIENT_FUNDS The balance does not cover the amount."), refused);
        Assert.Equal(1, (await RunAsync("balance", "what?")).Code);

        var balance = await RunAsync("balance", bob);
        Assert.Contains("4,000 USD", balance.Text, StringComparison.Ordinal);
        var accounts = await RunAsync("accounts", name);
        Assert.Contains(ada, accounts.Text, StringComparison.Ordinal);
        Assert.Contains(bob, accounts.Text, StringComparison.Ordinal);
        var history = (await RunAsync("history", ada)).Text;
        Assert.All(
            ["create", "deposit", "salary", "withdraw", "insufficient", "transfer", "settled"],
            word => Assert.Contains(word, history, StringComparison.Ordinal));
        Assert.Equal(1, (await RunAsync("close", bob)).Code);
    }

    [Fact]
    public async Task It_shows_the_balance_as_it_changes()
    {
        var account = await bank.OpenAccountAsync(balance: 5);
        using var watch = Start("watch", account);
        var shown = new List<string>();
        watch.OutputDataReceived += (_, line) =>
        {
            lock (shown)
            {
                shown.Add(line.Data ?? string.Empty);
            }
        };
        watch.BeginOutputReadLine();
        try
        {
            await Eventually.BecomesTrue(() => ShowsAsync("5 USD"), "the balance is shown");
            await bank.NewClient().DepositAsync(new() { AccountId = account, Amount = 1_234_562 });
            await Eventually.BecomesTrue(() => ShowsAsync("1,234,567 USD"), "the new balance is shown");
        }
        finally
        {
            watch.Kill();
            await watch.WaitForExitAsync();
        }

        Task<bool> ShowsAsync(string text)
        {
            lock (shown)
            {
                return Task.FromResult(shown.Any(line => line.Contains(text, StringComparison.Ordinal)));
            }
        }
    }

    private async Task<string> AccountAsync(string holder)
    {
        var (code, account) = await RunAsync("create", holder);
        Assert.Equal(0, code);
        Assert.True(AccountId.TryParse(account, out _), account);
        return account;
    }

    private async Task<(int Code, string Text)> RunAsync(params string[] words)
    {
        using var process = Start(words);
        var text = await process.StandardOutput.ReadToEndAsync().WaitAsync(Patience);
        await process.WaitForExitAsync().WaitAsync(Patience);
        return (process.ExitCode, text.Trim());
    }

    private Process Start(params string[] words)
    {
        var start = new ProcessStartInfo(
            "dotnet",
            [
                RepositoryFiles.PathOf("samples", "BankAccounts.Console", "bin", "Release", "net10.0", "bank-console.dll"),
                .. words,
                "--commands", $"http://{bank.AddressOf("command-service")}",
                "--queries", $"http://{bank.AddressOf("query-service")}",
            ])
        {
            RedirectStandardOutput = true,
        };
        // As wide as a terminal on which nothing has to be broken into lines.
        start.Environment["COLUMNS"] = "200";
        return Process.Start(start) ?? throw new InvalidOperationException("The console cannot be started.");
    }
}
