using System.Collections.Frozen;
using System.Diagnostics;
using BankAccounts.Store.V1;
using Grpc.Core;

namespace BankAccounts.ServiceDefaults.Grpc;

/// <summary>
/// Every reason of every service's errors. <c>docs/ERRORS.md</c> explains each; a test keeps the two equal.
/// A new reason is a line here, its row there, and (if the ledger refuses with it) the same name in
/// <c>bankaccounts.store.v1.Reason</c>.
/// </summary>
public static class Reasons
{
    private static readonly TimeSpan Soon = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Later = TimeSpan.FromSeconds(1);

    /// <summary>What the ledger tells with each of its refusals.</summary>
    private static readonly string[] Decided = ["account_id", "balance", "version", "partition", "offset"];

    // Of the request, before anything is done.
#pragma warning disable CS1591 // The names say it, and docs/ERRORS.md explains each.
    public static readonly ErrorReason InvalidArgument = new(
        "INVALID_ARGUMENT", StatusCode.InvalidArgument, "A field is malformed.");

    public static readonly ErrorReason DeadlineTooShort = new(
        "DEADLINE_TOO_SHORT", StatusCode.DeadlineExceeded,
        "The deadline leaves no time for a decision. Nothing was appended.");

    // Of whoever calls, before the request is looked at.
    public static readonly ErrorReason CertificateRequired = new(
        "CERTIFICATE_REQUIRED", StatusCode.Unauthenticated, "A call needs a client certificate.");

    public static readonly ErrorReason CertificateRefused = new(
        "CERTIFICATE_REFUSED", StatusCode.Unauthenticated, "The client certificate does not count here.", "problem");

    public static readonly ErrorReason RoleRequired = new(
        "ROLE_REQUIRED", StatusCode.PermissionDenied, "The caller does not have a role that may call this.", "roles");

    // Of the ledger, which refuses a command at its place in the log.
    public static readonly ErrorReason RequestIdReused = Refusal(
        "REQUEST_ID_REUSED", "Another request with this request_id was made on this account before.");

    public static readonly ErrorReason AccountExists = new(
        "ACCOUNT_EXISTS", StatusCode.AlreadyExists, "The account exists already.", Decided);

    public static readonly ErrorReason AccountNotFound = new(
        "ACCOUNT_NOT_FOUND", StatusCode.NotFound, "There is no such account.", Decided);

    public static readonly ErrorReason AccountClosed = Refusal(
        "ACCOUNT_CLOSED", "The account is closed.");

    public static readonly ErrorReason CurrencyMismatch = Refusal(
        "CURRENCY_MISMATCH", "The account has another currency.");

    public static readonly ErrorReason SameAccount = Refusal(
        "SAME_ACCOUNT", "The paying and the receiving account are the same.");

    public static readonly ErrorReason InsufficientFunds = Refusal(
        "INSUFFICIENT_FUNDS", "The balance does not cover the amount.");

    public static readonly ErrorReason BalanceLimit = Refusal(
        "BALANCE_LIMIT", "The balance would exceed what an account can hold.");

    public static readonly ErrorReason TransfersUnsettled = Refusal(
        "TRANSFERS_UNSETTLED", "The account has transfers that are not settled yet.", Later);

    public static readonly ErrorReason BalanceNotZero = Refusal(
        "BALANCE_NOT_ZERO", "The account still has a balance.");

    public static readonly ErrorReason ChannelFull = Refusal(
        "CHANNEL_FULL", "Too many transfers towards the receiving account's partition are not settled yet.", Later);

    public static readonly ErrorReason DestinationNotFound = Refusal(
        "DESTINATION_NOT_FOUND", "There is no such receiving account; the money is back.");

    public static readonly ErrorReason DestinationClosed = Refusal(
        "DESTINATION_CLOSED", "The receiving account is closed; the money is back.");

    public static readonly ErrorReason DestinationCurrencyMismatch = Refusal(
        "DESTINATION_CURRENCY_MISMATCH", "The receiving account has another currency; the money is back.");

    public static readonly ErrorReason DestinationBalanceLimit = Refusal(
        "DESTINATION_BALANCE_LIMIT", "The receiving account cannot hold so much; the money is back.");

    // Of CommandService.
    public static readonly ErrorReason OutcomeUnknown = new(
        "OUTCOME_UNKNOWN", StatusCode.DeadlineExceeded, "The command may still take effect.",
        "account_id", "partition", "offset", "request_id", "transfer_id");

    public static readonly ErrorReason Overloaded = new(
        "OVERLOADED", StatusCode.ResourceExhausted, "Too much is under way. Nothing was done.")
    { RetryAfter = Soon };

    public static readonly ErrorReason LogUnavailable = new(
        "LOG_UNAVAILABLE", StatusCode.Unavailable, "Kafka or Redis is away. Nothing was appended.")
    { RetryAfter = Later };

    public static readonly ErrorReason BatchTooLarge = new(
        "BATCH_TOO_LARGE", StatusCode.InvalidArgument,
        "A message has too many commands; none of them was appended.", "max_commands");

    public static readonly ErrorReason StreamDeadline = new(
        "STREAM_DEADLINE", StatusCode.DeadlineExceeded,
        "The stream's deadline is near. Every command that was read is answered.");

    public static readonly ErrorReason ShuttingDown = new(
        "SHUTTING_DOWN", StatusCode.Unavailable,
        "This process stops. Every command that was read is answered; go on with a new stream.")
    { RetryAfter = Soon };

    // Of QueryService.
    public static readonly ErrorReason TransferNotFound = new(
        "TRANSFER_NOT_FOUND", StatusCode.NotFound, "There is no such transfer.", "transfer_id");

    public static readonly ErrorReason AccountNotOpenedYet = new(
        "ACCOUNT_NOT_OPENED_YET", StatusCode.NotFound, "The account was not open yet at that time.",
        "account_id", "create_time");

    public static readonly ErrorReason VersionNotReached = new(
        "VERSION_NOT_REACHED", StatusCode.OutOfRange, "The account does not have this version yet.",
        "account_id", "version");

    public static readonly ErrorReason DecisionNotKept = new(
        "DECISION_NOT_KEPT", StatusCode.NotFound,
        "Only the latest 16,384 decisions of a partition are found by their position alone: name the account as well.",
        "partition", "offset", "position");

    public static readonly ErrorReason DecisionNotFound = new(
        "DECISION_NOT_FOUND", StatusCode.NotFound, "No such command was decided at this position.",
        "partition", "offset", "position");

    public static readonly ErrorReason RequestNotFound = new(
        "REQUEST_NOT_FOUND", StatusCode.NotFound,
        "No request with this request_id was decided on this account, up to the position.",
        "account_id", "partition", "position");

    public static readonly ErrorReason TooManyWatchers = new(
        "TOO_MANY_WATCHERS", StatusCode.ResourceExhausted, "This server has as many watchers as it takes.")
    { RetryAfter = Later };

    public static readonly ErrorReason TooManyStatements = new(
        "TOO_MANY_STATEMENTS", StatusCode.ResourceExhausted, "This server streams as many statements as it can.")
    { RetryAfter = Later };

    public static readonly ErrorReason CallerTooSlow = new(
        "CALLER_TOO_SLOW", StatusCode.Aborted, "What is streamed was not taken in time.");

    public static readonly ErrorReason PositionNotReached = new(
        "POSITION_NOT_REACHED", StatusCode.DeadlineExceeded,
        "The fold did not reach min_position before the deadline.", "partition", "min_position", "position");

    public static readonly ErrorReason Rebuilding = new(
        "REBUILDING", StatusCode.Unavailable,
        "The partition is being folded again; the answer would be older than others were.",
        "partition", "position", "catch_up_to")
    { RetryAfter = Later };

    public static readonly ErrorReason RedisUnavailable = new(
        "REDIS_UNAVAILABLE", StatusCode.Unavailable, "Redis is away, so the answer is not known.")
    { RetryAfter = Later };

    // Of LedgerService.
    public static readonly ErrorReason KafkaUnavailable = new(
        "KAFKA_UNAVAILABLE", StatusCode.Unavailable, "The log cannot be read.")
    { RetryAfter = Later };

    public static readonly ErrorReason GenerationMoved = new(
        "GENERATION_MOVED", StatusCode.Aborted, "The live state was replaced meanwhile.")
    { RetryAfter = Later };

    public static readonly ErrorReason NewerFormat = new(
        "NEWER_FORMAT", StatusCode.FailedPrecondition, "The log has a record of a newer format.");

    public static readonly ErrorReason LogMismatch = new(
        "LOG_MISMATCH", StatusCode.FailedPrecondition, "Redis stands for another log.");

    public static readonly ErrorReason NoLiveState = new(
        "NO_LIVE_STATE", StatusCode.FailedPrecondition, "The partition has no live state yet.");

    public static readonly ErrorReason RebuildElsewhere = new(
        "REBUILD_ELSEWHERE", StatusCode.FailedPrecondition, "The partition is being rebuilt elsewhere.");

    public static readonly ErrorReason RebuildLost = new(
        "REBUILD_LOST", StatusCode.Aborted, "The rebuild has lost its place.")
    { RetryAfter = Later };

    public static readonly ErrorReason DigestMismatch = new(
        "DIGEST_MISMATCH", StatusCode.FailedPrecondition, "The log and the live state have different digests.");

    public static readonly ErrorReason ChannelNotHalted = new(
        "CHANNEL_NOT_HALTED", StatusCode.FailedPrecondition,
        "The channel is not halted by that record, or was released before.");

    public static readonly ErrorReason NotUnsettled = new(
        "NOT_UNSETTLED", StatusCode.FailedPrecondition,
        "The source has no unsettled transfer of that number in this channel. Nothing was appended.");

    public static readonly ErrorReason WrongNextSequence = new(
        "WRONG_NEXT_SEQUENCE", StatusCode.FailedPrecondition,
        "With that transfer the channel would credit one twice, or one never. Nothing was appended.",
        "taken", "lowest_unsettled");

    public static readonly ErrorReason VerifyRunning = Running("VERIFY_RUNNING");

    public static readonly ErrorReason RebuildRunning = Running("REBUILD_RUNNING");
#pragma warning restore CS1591

    /// <summary>All of them, by name.</summary>
    public static FrozenDictionary<string, ErrorReason> All { get; } = typeof(Reasons).GetFields()
        .Where(field => field.FieldType == typeof(ErrorReason))
        .Select(field => (ErrorReason)field.GetValue(null)!)
        .ToFrozenDictionary(reason => reason.Name, StringComparer.Ordinal);

    private static readonly FrozenDictionary<Reason, ErrorReason> OfTheLedger = Enum.GetValues<Reason>()
        .Where(reason => All.ContainsKey(StoreNames.Of(reason)))
        .ToFrozenDictionary(reason => reason, reason => All[StoreNames.Of(reason)]);

    /// <summary>The reason with which the ledger refused.</summary>
    public static ErrorReason Of(Reason reason) =>
        OfTheLedger.TryGetValue(reason, out var known)
            ? known
            : throw new UnreachableException($"{reason} is no refusal.");

    private static ErrorReason Refusal(string name, string message, TimeSpan? retryAfter = null) =>
        new(name, StatusCode.FailedPrecondition, message, Decided) { RetryAfter = retryAfter };

    private static ErrorReason Running(string name) => new(
        name, StatusCode.ResourceExhausted,
        "This process runs one already: it takes memory and keeps Redis busy, so there is one at a time.")
    { RetryAfter = Later };
}
