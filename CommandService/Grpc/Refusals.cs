using System.Diagnostics;
using System.Globalization;
using BankAccounts.ServiceDefaults.Grpc;
using BankAccounts.Store.V1;
using Grpc.Core;

namespace BankAccounts.CommandService.Grpc;

/// <summary>From the ledger's refusals to gRPC: the one place that knows both.</summary>
public static class Refusals
{
    /// <summary>The error for a refused command.</summary>
    public static RpcException Of(AccountId account, StoredDecision decision) => decision.Reason switch
    {
        Reason.RequestIdReused => Create(
            StatusCode.FailedPrecondition, "REQUEST_ID_REUSED", account, decision,
            "Another request with this request_id was made on this account before."),
        Reason.AccountExists => Create(
            StatusCode.AlreadyExists, "ACCOUNT_EXISTS", account, decision, "The account exists already."),
        Reason.AccountNotFound => Create(
            StatusCode.NotFound, "ACCOUNT_NOT_FOUND", account, decision, "There is no such account."),
        Reason.AccountClosed => Create(
            StatusCode.FailedPrecondition, "ACCOUNT_CLOSED", account, decision, "The account is closed."),
        Reason.CurrencyMismatch => Create(
            StatusCode.FailedPrecondition, "CURRENCY_MISMATCH", account, decision,
            "The account has another currency."),
        Reason.InsufficientFunds => Create(
            StatusCode.FailedPrecondition, "INSUFFICIENT_FUNDS", account, decision,
            "The balance does not cover the amount."),
        Reason.BalanceLimit => Create(
            StatusCode.FailedPrecondition, "BALANCE_LIMIT", account, decision,
            "The balance would exceed what an account can hold."),
        Reason.SameAccount => Create(
            StatusCode.FailedPrecondition, "SAME_ACCOUNT", account, decision,
            "The paying and the receiving account are the same."),
        Reason.TransfersUnsettled => Create(
            StatusCode.FailedPrecondition, "TRANSFERS_UNSETTLED", account, decision,
            "The account has transfers that are not settled yet."),
        Reason.BalanceNotZero => Create(
            StatusCode.FailedPrecondition, "BALANCE_NOT_ZERO", account, decision,
            "The account still has a balance."),
        Reason.ChannelFull => Create(
            StatusCode.FailedPrecondition, "CHANNEL_FULL", account, decision,
            "Too many transfers towards the receiving account's partition are not settled yet."),
        Reason.DestinationNotFound => Create(
            StatusCode.FailedPrecondition, "DESTINATION_NOT_FOUND", account, decision,
            "There is no such receiving account; the money is back."),
        Reason.DestinationClosed => Create(
            StatusCode.FailedPrecondition, "DESTINATION_CLOSED", account, decision,
            "The receiving account is closed; the money is back."),
        Reason.DestinationCurrencyMismatch => Create(
            StatusCode.FailedPrecondition, "DESTINATION_CURRENCY_MISMATCH", account, decision,
            "The receiving account has another currency; the money is back."),
        Reason.DestinationBalanceLimit => Create(
            StatusCode.FailedPrecondition, "DESTINATION_BALANCE_LIMIT", account, decision,
            "The receiving account cannot hold so much; the money is back."),
        _ => throw new UnreachableException($"{decision.Reason} is no refusal."),
    };

    /// <summary>The error for an account that cannot exist, because its partition does not.</summary>
    public static RpcException AccountNotFound(AccountId account) => BankErrors.Create(
        StatusCode.NotFound, "ACCOUNT_NOT_FOUND", "There is no such account.",
        [new("account_id", account.ToString())]);

    private static RpcException Create(
        StatusCode code, string reason, AccountId account, StoredDecision decision, string message) =>
        BankErrors.Create(code, reason, message,
        [
            new("account_id", account.ToString()),
            new("balance", decision.Balance.ToString(CultureInfo.InvariantCulture)),
            new("version", decision.Version.ToString(CultureInfo.InvariantCulture)),
            new("partition", account.Partition.ToString(CultureInfo.InvariantCulture)),
            new("offset", decision.Offset.ToString(CultureInfo.InvariantCulture)),
        ]);
}
