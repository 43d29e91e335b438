using System.Globalization;
using BankAccounts.ServiceDefaults.Grpc;
using BankAccounts.ServiceDefaults.Redis;
using Grpc.Core;

namespace BankAccounts.QueryService.Grpc;

/// <summary>What this service answers when it has no answer.</summary>
public static class QueryErrors
{
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);

    /// <summary>There is no such account.</summary>
    public static RpcException AccountNotFound(AccountId id) => BankErrors.Create(
        StatusCode.NotFound, "ACCOUNT_NOT_FOUND", "There is no such account.",
        [new("account_id", id.ToString())]);

    /// <summary>The account is younger than the time that was asked for.</summary>
    public static RpcException NotOpenedYet(AccountId id, long openedAtMs) => BankErrors.Create(
        StatusCode.NotFound, "ACCOUNT_NOT_OPENED_YET", "The account was not open yet at that time.",
        [
            new("account_id", id.ToString()),
            new("create_time", Answers.TimeOf(openedAtMs).ToDateTime().ToString("O", CultureInfo.InvariantCulture)),
        ]);

    /// <summary>The account has not come to that version.</summary>
    public static RpcException VersionNotReached(AccountId id, long version) => BankErrors.Create(
        StatusCode.OutOfRange, "VERSION_NOT_REACHED", "The account does not have this version yet.",
        [new("account_id", id.ToString()), new("version", Text(version))]);

    /// <summary>There is no such transfer.</summary>
    public static RpcException TransferNotFound(TransferId id) => BankErrors.Create(
        StatusCode.NotFound, "TRANSFER_NOT_FOUND", "There is no such transfer.",
        [new("transfer_id", id.ToString())]);

    /// <summary>The decision is too old to be found by its position alone.</summary>
    public static RpcException DecisionNotKept(int partition, long offset, long position) => BankErrors.Create(
        StatusCode.NotFound, "DECISION_NOT_KEPT",
        $"Only the latest {RedisKeys.MaxDecisions} decisions of a partition are found by their position alone:"
        + " name the account as well.",
        At(partition, offset, position));

    /// <summary>Nothing that was asked about was decided at the position.</summary>
    public static RpcException DecisionNotFound(int partition, long offset, long position) => BankErrors.Create(
        StatusCode.NotFound, "DECISION_NOT_FOUND", "No such command was decided at this position.",
        At(partition, offset, position));

    /// <summary>The account has no such request.</summary>
    public static RpcException RequestNotFound(AccountId id, long position) => BankErrors.Create(
        StatusCode.NotFound, "REQUEST_NOT_FOUND",
        "No request with this request_id was decided on this account, up to the position.",
        [
            new("account_id", id.ToString()),
            new("partition", Text(id.Partition)),
            new("position", Text(position - 1)),
        ]);

    /// <summary>As many watch as may.</summary>
    public static RpcException TooManyWatchers() => BankErrors.Create(
        StatusCode.ResourceExhausted, "TOO_MANY_WATCHERS", "This server has as many watchers as it takes.",
        retryAfter: RetryAfter);

    /// <summary>As many statements are being streamed as may.</summary>
    public static RpcException TooManyStatements() => BankErrors.Create(
        StatusCode.ResourceExhausted, "TOO_MANY_STATEMENTS", "This server streams as many statements as it can.",
        retryAfter: RetryAfter);

    /// <summary>The server ends in the middle of a stream.</summary>
    public static RpcException ShuttingDown() => BankErrors.Create(
        StatusCode.Unavailable, "SHUTTING_DOWN", "This server is going down; another one goes on.",
        retryAfter: RetryAfter);

    private static KeyValuePair<string, string>[] At(int partition, long offset, long position) =>
    [
        new("partition", Text(partition)),
        new("offset", Text(offset)),
        new("position", Text(position - 1)),
    ];

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
