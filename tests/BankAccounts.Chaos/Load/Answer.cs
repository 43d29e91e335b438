using System.Globalization;
using BankAccounts.V1;
using Google.Rpc;
using Grpc.Core;
using Status = Google.Rpc.Status;

namespace BankAccounts.Chaos;

/// <summary>What a caller was told, in the terms of the checker.</summary>
/// <param name="Outcome">accepted, rejected, pending, stored, refused (nothing was appended) or unknown.</param>
internal sealed record Answer(string Outcome)
{
    /// <summary>The errors that promise that nothing was appended.</summary>
    private static readonly HashSet<string> NothingAppended =
    [
        "INVALID_ARGUMENT", "DEADLINE_TOO_SHORT", "OVERLOADED", "LOG_UNAVAILABLE", "BATCH_TOO_LARGE", "SHUTTING_DOWN",
    ];

    public static readonly Answer Unknown = new("unknown");

    public string Reason { get; init; } = string.Empty;

    public long? Balance { get; init; }

    public long? Version { get; init; }

    public int? Partition { get; init; }

    public long? Offset { get; init; }

    public string? Account { get; init; }

    public static Answer Of(Decision decision, string? account = null) => new(decision.Outcome switch
    {
        V1.Outcome.Accepted => "accepted",
        V1.Outcome.Pending => "pending",
        V1.Outcome.Stored => "stored",
        var other => throw new InvalidOperationException($"An answer without an error has outcome {other}."),
    })
    {
        Balance = decision.Balance,
        Version = decision.Version,
        Partition = decision.Position.Partition,
        Offset = decision.Position.Offset,
        Account = account,
    };

    /// <summary>An error of a call: without the bank's own details nobody knows how far the command came.</summary>
    public static Answer Of(RpcException error) => error.GetRpcStatus() is { } status
        ? Of(status)
        : Unknown with { Reason = error.StatusCode.ToString() };

    public static Answer Of(Status status)
    {
        if (status.GetDetail<ErrorInfo>() is not { } info)
        {
            return Unknown with { Reason = ((StatusCode)status.Code).ToString() };
        }
        if (NothingAppended.Contains(info.Reason))
        {
            return new Answer("refused") { Reason = info.Reason };
        }
        if (!info.Metadata.TryGetValue("version", out var version))
        {
            return info.Reason == "ACCOUNT_NOT_FOUND"
                ? new Answer("refused") { Reason = info.Reason }
                : Unknown with { Reason = info.Reason };
        }
        return new Answer("rejected")
        {
            Reason = info.Reason,
            Balance = Number(info.Metadata["balance"]),
            Version = Number(version),
            Partition = (int)Number(info.Metadata["partition"]),
            Offset = Number(info.Metadata["offset"]),
            Account = info.Metadata["account_id"],
        };
    }

    public static Answer Of(CommandResult result) => result.ResultCase switch
    {
        CommandResult.ResultOneofCase.CreateAccount =>
            Of(result.CreateAccount.Decision, result.CreateAccount.AccountId),
        CommandResult.ResultOneofCase.Deposit => Of(result.Deposit.Decision),
        CommandResult.ResultOneofCase.Withdraw => Of(result.Withdraw.Decision),
        CommandResult.ResultOneofCase.Transfer => Of(result.Transfer.Decision),
        CommandResult.ResultOneofCase.CloseAccount => Of(result.CloseAccount.Decision),
        CommandResult.ResultOneofCase.Error => Of(result.Error),
        var other => throw new InvalidOperationException($"There are no results of kind {other}."),
    };

    private static long Number(string text) => long.Parse(text, CultureInfo.InvariantCulture);
}
