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
    /// <param name="account">The account that the command is for.</param>
    /// <param name="command">The command.</param>
    /// <param name="channelIsFull">For a transfer: whether its channel holds all it can.</param>
    public static (Reason Reason, Account? After) Decide(
        Account? account, LogRecord command, bool channelIsFull = false) =>
        command.BodyCase switch
        {
            BodyCase.Create => Create(account, command.Create, command.RecordedAtMs),
            BodyCase.Deposit => Deposit(account, command.Deposit),
            BodyCase.Withdraw => Withdraw(account, command.Withdraw),
            BodyCase.Transfer => Debit(account, command.Transfer, channelIsFull),
            BodyCase.Close => Close(account),
            _ => throw new UnreachableException(),
        };

    /// <summary>Decides a transfer against its destination; null if there is no such account.</summary>
    public static (Reason Reason, Account? After) Credit(Account? account, in SentTransfer transfer) =>
        account switch
        {
            null => (Reason.DestinationNotFound, account),
            { IsClosed: true } => (Reason.DestinationClosed, account),
            _ when transfer.CurrencyCode != account.CurrencyCode =>
                (Reason.DestinationCurrencyMismatch, account),
            _ when account.WouldExceedLimit(transfer.Amount) =>
                (Reason.DestinationBalanceLimit, account),
            _ => Accept(account, checked(account.Balance + transfer.Amount)),
        };

    /// <summary>The source of a transfer that its destination credited or refused. Never refused.</summary>
    public static Account Settle(Account account, long amount, bool isRefund) => account.Next(
        isRefund ? checked(account.Balance + amount) : account.Balance,
        checked(account.Unsettled - amount));

    private static (Reason, Account?) Create(Account? account, CreateEvent asked, long recordedAtMs) =>
        account is not null
            ? (Reason.AccountExists, account)
            : (Reason.Unspecified, new Account(
                asked.HolderName, asked.CurrencyCode, 0, IsClosed: false, recordedAtMs, Version: 1));

    private static (Reason, Account?) Deposit(Account? account, DepositEvent asked) =>
        CannotBeUsed(account, asked.CurrencyCode) is var reason and not Reason.Unspecified
            ? (reason, account)
            : account!.WouldExceedLimit(asked.Amount)
            ? (Reason.BalanceLimit, account)
            : Accept(account, checked(account.Balance + asked.Amount));

    private static (Reason, Account?) Withdraw(Account? account, WithdrawEvent asked) =>
        CannotBeUsed(account, asked.CurrencyCode) is var reason and not Reason.Unspecified
            ? (reason, account)
            : asked.Amount > account!.Balance
            ? (Reason.InsufficientFunds, account)
            : Accept(account, checked(account.Balance - asked.Amount));

    private static (Reason, Account?) Debit(Account? account, TransferEvent asked, bool channelIsFull)
    {
        var usable = account is null ? Reason.AccountNotFound
            : !IsInAPartition(asked) ? Reason.DestinationNotFound
            : CannotBeUsed(account, asked.CurrencyCode);
        return usable != Reason.Unspecified ? (usable, account)
            : asked.FromAccountId == asked.ToAccountId ? (Reason.SameAccount, account)
            : asked.Amount > account!.Balance ? (Reason.InsufficientFunds, account)
            : channelIsFull ? (Reason.ChannelFull, account)
            : (Reason.Unspecified, account.Next(
                checked(account.Balance - asked.Amount), checked(account.Unsettled + asked.Amount)));
    }

    private static (Reason, Account?) Close(Account? account) => account switch
    {
        null => (Reason.AccountNotFound, account),
        { IsClosed: true } => (Reason.AccountClosed, account),
        { Unsettled: > 0 } => (Reason.TransfersUnsettled, account),
        { Balance: > 0 } => (Reason.BalanceNotZero, account),
        _ => (Reason.Unspecified, account.Next(0, 0) with { IsClosed = true }),
    };

    private static bool IsInAPartition(TransferEvent asked) =>
        AccountId.TryRead(asked.ToAccountId.Span, out var to) && to.Partition < asked.PartitionCount;

    private static Reason CannotBeUsed(Account? account, ByteString askedCurrency) => account switch
    {
        null => Reason.AccountNotFound,
        { IsClosed: true } => Reason.AccountClosed,
        _ when !askedCurrency.IsEmpty && askedCurrency != account.CurrencyCode =>
            Reason.CurrencyMismatch,
        _ => Reason.Unspecified,
    };

    private static (Reason, Account?) Accept(Account account, long balance) =>
        (Reason.Unspecified, account.Next(balance, account.Unsettled));
}
