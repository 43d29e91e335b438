using System.Diagnostics;
using BankAccounts.V1;

namespace BankAccounts.Chaos;

/// <summary>From what is asked to the bank's messages.</summary>
internal static class Commands
{
    /// <summary>The command as one of a batch.</summary>
    public static Command Tagged(ulong tag, Asked asked)
    {
        var command = new Command { Tag = tag };
        switch (asked.Kind)
        {
            case "create":
                command.CreateAccount = Create(asked);
                break;
            case "deposit":
                command.Deposit = Deposit(asked);
                break;
            case "withdraw":
                command.Withdraw = Withdraw(asked);
                break;
            case "transfer":
                command.Transfer = Transfer(asked);
                break;
            case "close":
                command.CloseAccount = Close(asked);
                break;
            default:
                throw new UnreachableException();
        }
        return command;
    }

    /// <summary>The command as a call of its own.</summary>
    public static async Task<Answer> CallAsync(
        V1.CommandService.CommandServiceClient client, Asked asked, DateTime deadline)
    {
        switch (asked.Kind)
        {
            case "create":
                var created = await client.CreateAccountAsync(Create(asked), deadline: deadline);
                return Answer.Of(created.Decision, created.AccountId);
            case "deposit":
                return Answer.Of((await client.DepositAsync(Deposit(asked), deadline: deadline)).Decision);
            case "withdraw":
                return Answer.Of((await client.WithdrawAsync(Withdraw(asked), deadline: deadline)).Decision);
            case "transfer":
                return Answer.Of((await client.TransferAsync(Transfer(asked), deadline: deadline)).Decision);
            case "close":
                return Answer.Of((await client.CloseAccountAsync(Close(asked), deadline: deadline)).Decision);
            default:
                throw new UnreachableException();
        }
    }

    private static WaitFor WaitFor(Asked asked) => asked.IsStoredEnough ? V1.WaitFor.Stored : V1.WaitFor.Decided;

    private static CreateAccountRequest Create(Asked asked) => new()
    {
        HolderName = asked.Holder,
        CurrencyCode = asked.Currency,
        RequestId = asked.Request,
        WaitFor = WaitFor(asked),
    };

    private static DepositRequest Deposit(Asked asked) => new()
    {
        AccountId = asked.Account,
        Amount = asked.Amount!.Value,
        CurrencyCode = asked.Currency,
        Description = asked.Description,
        RequestId = asked.Request,
        WaitFor = WaitFor(asked),
    };

    private static WithdrawRequest Withdraw(Asked asked) => new()
    {
        AccountId = asked.Account,
        Amount = asked.Amount!.Value,
        CurrencyCode = asked.Currency,
        Description = asked.Description,
        RequestId = asked.Request,
        WaitFor = WaitFor(asked),
    };

    private static TransferRequest Transfer(Asked asked) => new()
    {
        FromAccountId = asked.Account,
        ToAccountId = asked.To,
        Amount = asked.Amount!.Value,
        CurrencyCode = asked.Currency,
        Description = asked.Description,
        RequestId = asked.Request,
        WaitFor = WaitFor(asked),
    };

    private static CloseAccountRequest Close(Asked asked) => new()
    {
        AccountId = asked.Account,
        RequestId = asked.Request,
        WaitFor = WaitFor(asked),
    };
}
