using System.Diagnostics;
using BankAccounts.Log.V1;
using BankAccounts.Store.V1;
using Google.Protobuf;
using BodyCase = BankAccounts.Log.V1.LogRecord.BodyOneofCase;

namespace BankAccounts.ProjectionService.Ledger;

/// <summary>
/// Rules 5 and 6 of the fold: may the account do this? First match wins, and the order of refusals is
/// part of the contract. What comes out is the reason of a refusal, or the account as it is afterwards.
/// </summary>
public static class Rules
{
    /// <summary>Decides a command against its account; null if there is no such account.</summary>
    public static (Reason Reason, Account? After) Decide(Account? account, LogRecord command) =>
        command.BodyCase switch
        {
            BodyCase.Create => Create(account, command.Create, command.RecordedAtMs),
            BodyCase.Deposit => Deposit(account, command.Deposit),
            BodyCase.Withdraw => Withdraw(account, command.Withdraw),
            _ => throw new UnreachableException(),
        };

    private static (Reason, Account?) Create(Account? account, CreateEvent asked, long recordedAtMs) =>
        account is not null
            ? (Reason.AccountExists, account)
            : (Reason.Unspecified, new Account(
                asked.HolderName, asked.CurrencyCode, 0, IsClosed: false, recordedAtMs, Version: 1));

    private static (Reason, Account?) Deposit(Account? account, DepositEvent asked)
    {
        if (CannotBeUsed(account, asked.CurrencyCode) is var reason and not Reason.Unspecified)
        {
            return (reason, account);
        }
        return asked.Amount > long.MaxValue - account!.Balance
            ? (Reason.BalanceLimit, account)
            : Accept(account, checked(account.Balance + asked.Amount));
    }

    private static (Reason, Account?) Withdraw(Account? account, WithdrawEvent asked)
    {
        if (CannotBeUsed(account, asked.CurrencyCode) is var reason and not Reason.Unspecified)
        {
            return (reason, account);
        }
        return asked.Amount > account!.Balance
            ? (Reason.InsufficientFunds, account)
            : Accept(account, checked(account.Balance - asked.Amount));
    }

    private static Reason CannotBeUsed(Account? account, ByteString askedCurrency) => account switch
    {
        null => Reason.AccountNotFound,
        { IsClosed: true } => Reason.AccountClosed,
        _ when !askedCurrency.IsEmpty && askedCurrency != account.CurrencyCode =>
            Reason.CurrencyMismatch,
        _ => Reason.Unspecified,
    };

    private static (Reason, Account?) Accept(Account account, long balance) =>
        (Reason.Unspecified,
            account with { Balance = balance, Version = checked(account.Version + 1) });
}
