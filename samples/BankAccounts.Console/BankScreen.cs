using System.Globalization;
using BankAccounts.Client;
using BankAccounts.V1;
using Grpc.Net.Client;
using Spectre.Console;

namespace BankAccounts.Samples;

/// <summary>The bank on a terminal.</summary>
internal sealed partial class BankScreen(BankClient bank)
{
    private const int Refused = 1, Unknown = 2;

    private const int MaxEntries = 500;

    /// <summary>Connects, does one thing, and says plainly what went wrong. Returns the exit code.</summary>
    public static async Task<int> RunAsync(Uri commands, Uri queries, Func<BankScreen, Task> what)
    {
        if (Console.IsOutputRedirected)
        {
            AnsiConsole.Profile.Capabilities.Ansi = false;
        }
        using var commandChannel = GrpcChannel.ForAddress(commands);
        using var queryChannel = GrpcChannel.ForAddress(queries);
        try
        {
            await what(new BankScreen(
                new BankClient(commandChannel.CreateCallInvoker(), queryChannel.CreateCallInvoker())));
            return 0;
        }
        catch (BankException said)
        {
            AnsiConsole.MarkupLineInterpolated($"[red]{said.Reason}[/] {said.Message}");
            if (!said.IsOutcomeUnknown)
            {
                return Refused;
            }
            AnsiConsole.MarkupLineInterpolated($"The outcome is unknown. Ask again with --request-id {said.RequestId}");
            return Unknown;
        }
        catch (OperationCanceledException)
        {
            return 0;
        }
    }

    public async Task CreateAsync(string holder, string currency, string requestId)
    {
        var created = await bank.CreateAccountAsync(new CreateAccountRequest
        {
            HolderName = holder,
            CurrencyCode = currency,
            RequestId = requestId,
        });
        AnsiConsole.WriteLine(created.AccountId);
    }

    public async Task DepositAsync(string account, long amount, string description, string requestId)
    {
        var answer = await bank.DepositAsync(new DepositRequest
        {
            AccountId = account,
            Amount = amount,
            Description = description,
            RequestId = requestId,
        });
        Show(answer.Decision);
    }

    public async Task WithdrawAsync(string account, long amount, string description, string requestId)
    {
        var answer = await bank.WithdrawAsync(new WithdrawRequest
        {
            AccountId = account,
            Amount = amount,
            Description = description,
            RequestId = requestId,
        });
        Show(answer.Decision);
    }

    public async Task TransferAsync(string from, string to, long amount, string description, string requestId)
    {
        var answer = await bank.TransferAsync(new TransferRequest
        {
            FromAccountId = from,
            ToAccountId = to,
            Amount = amount,
            Description = description,
            RequestId = requestId,
        });
        Show(answer.Decision);
        AnsiConsole.MarkupLineInterpolated($"[grey]transfer {answer.TransferId}[/]");
    }

    public async Task CloseAsync(string account, string requestId)
    {
        var answer = await bank.CloseAccountAsync(
            new CloseAccountRequest { AccountId = account, RequestId = requestId });
        Show(answer.Decision);
    }

    public async Task BalanceAsync(string account)
    {
        var answer = await bank.GetAccountAsync(new GetAccountRequest { AccountId = account });
        AnsiConsole.Write(TableOf([answer.Account]));
    }

    public async Task AccountsAsync(string prefix)
    {
        var accounts = new List<Account>();
        var request = new ListAccountsRequest { HolderNamePrefix = prefix };
        do
        {
            request.PageSize = MaxEntries - accounts.Count;
            var page = await bank.ListAccountsAsync(request);
            accounts.AddRange(page.Accounts);
            request.PageToken = page.NextPageToken;
        }
        while (request.PageToken.Length > 0 && accounts.Count < MaxEntries);
        AnsiConsole.Write(TableOf(accounts));
    }

    private static void Show(Decision decision) => AnsiConsole.MarkupLineInterpolated(
        $"[green]{decision.Outcome}[/] balance {Number(decision.Balance)}");

    private static Table TableOf(IEnumerable<Account> accounts)
    {
        var table = NewTable()
            .AddColumn(new TableColumn("account").NoWrap())
            .AddColumns("holder", "state")
            .AddColumn(new TableColumn("balance").RightAligned());
        foreach (var account in accounts)
        {
            table.AddRow(
                Text(account.AccountId),
                Text(account.HolderName),
                Text(account.State.ToString()),
                Text($"{Number(account.Balance)} {account.CurrencyCode}"));
        }
        return table;
    }

    private static Table NewTable() => new Table().Border(TableBorder.Rounded);

    private static Text Text(string text) => new(text);

    private static string Number(long amount) => amount.ToString("N0", CultureInfo.InvariantCulture);
}
