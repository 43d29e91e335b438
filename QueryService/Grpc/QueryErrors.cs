using System.Globalization;
using BankAccounts.ServiceDefaults.Grpc;
using Grpc.Core;

namespace BankAccounts.QueryService.Grpc;

/// <summary>The errors of reads, with what each of them tells besides.</summary>
public static class QueryErrors
{
    /// <summary>There is no such account.</summary>
    public static RpcException AccountNotFound(AccountId id) => BankErrors.Create(
        Reasons.AccountNotFound, metadata: [new("account_id", id.ToString())]);

    /// <summary>The account is younger than the time that was asked for.</summary>
    public static RpcException NotOpenedYet(AccountId id, long openedAtMs) => BankErrors.Create(
        Reasons.AccountNotOpenedYet,
        metadata:
        [
            new("account_id", id.ToString()),
            new("create_time", Answers.TimeOf(openedAtMs).ToDateTime().ToString("O", CultureInfo.InvariantCulture)),
        ]);

    /// <summary>The account has not come to that version.</summary>
    public static RpcException VersionNotReached(AccountId id, long version) => BankErrors.Create(
        Reasons.VersionNotReached, metadata: [new("account_id", id.ToString()), new("version", Text(version))]);

    /// <summary>There is no such transfer.</summary>
    public static RpcException TransferNotFound(TransferId id) => BankErrors.Create(
        Reasons.TransferNotFound, metadata: [new("transfer_id", id.ToString())]);

    /// <summary>The decision is too old to be found by its position alone.</summary>
    public static RpcException DecisionNotKept(int partition, long offset, long position) => BankErrors.Create(
        Reasons.DecisionNotKept, metadata: At(partition, offset, position));

    /// <summary>Nothing that was asked about was decided at the position.</summary>
    public static RpcException DecisionNotFound(int partition, long offset, long position) => BankErrors.Create(
        Reasons.DecisionNotFound, metadata: At(partition, offset, position));

    /// <summary>The account has no such request.</summary>
    public static RpcException RequestNotFound(AccountId id, long position) => BankErrors.Create(
        Reasons.RequestNotFound,
        metadata:
        [
            new("account_id", id.ToString()),
            new("partition", Text(id.Partition)),
            new("position", Text(position - 1)),
        ]);

    /// <summary>As many accounts are watched as may.</summary>
    public static RpcException TooManyWatchers() => BankErrors.Create(Reasons.TooManyWatchers);

    /// <summary>As many statements are being streamed as may.</summary>
    public static RpcException TooManyStatements() => BankErrors.Create(Reasons.TooManyStatements);

    /// <summary>The server ends in the middle of a stream.</summary>
    public static RpcException ShuttingDown() => BankErrors.Create(
        Reasons.ShuttingDown, "This server is going down; another one goes on.");

    private static KeyValuePair<string, string>[] At(int partition, long offset, long position) =>
    [
        new("partition", Text(partition)),
        new("offset", Text(offset)),
        new("position", Text(position - 1)),
    ];

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
