using BankAccounts.ProjectionService.Log;
using BankAccounts.ProjectionService.Rebuilding;
using BankAccounts.ProjectionService.Verification;
using BankAccounts.ServiceDefaults.Grpc;
using Confluent.Kafka;
using Grpc.Core;
using StackExchange.Redis;

namespace BankAccounts.ProjectionService.Grpc;

/// <summary>From what goes wrong to the errors of the contract, in one switch.</summary>
public static class LedgerErrors
{
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);

    /// <summary>The error that a caller sees; null if it is not one of the contract's.</summary>
    public static RpcException? Of(Exception failed) => failed switch
    {
        RedisException or TimeoutException => Create(
            StatusCode.Unavailable, "REDIS_UNAVAILABLE", "Redis is away; nothing is known.", RetryAfter),
        KafkaException or LogSilentException => Create(
            StatusCode.Unavailable, "KAFKA_UNAVAILABLE", $"The log cannot be read: {failed.Message}", RetryAfter),
        GenerationMovedException => Create(
            StatusCode.Aborted, "GENERATION_MOVED", failed.Message, RetryAfter),
        NewerFormatException => Create(StatusCode.FailedPrecondition, "NEWER_FORMAT", failed.Message),
        LogMismatchException => Create(
            StatusCode.FailedPrecondition, "LOG_MISMATCH", $"Redis stands where {failed.Message}."),
        RebuildRefusedException { Reason: "REBUILD_LOST" } => Create(
            StatusCode.Aborted, "REBUILD_LOST", failed.Message, RetryAfter),
        RebuildRefusedException refused => Create(
            StatusCode.FailedPrecondition, refused.Reason, failed.Message),
        _ => null,
    };

    /// <summary>This process runs one already.</summary>
    public static RpcException Running(string what) => Create(
        StatusCode.ResourceExhausted,
        $"{what}_RUNNING",
        "This process runs one already: it takes the memory of a partition, so there is one at a time.",
        RetryAfter);

    private static RpcException Create(
        StatusCode code, string reason, string message, TimeSpan? retryAfter = null) =>
        BankErrors.Create(code, reason, message, retryAfter: retryAfter);
}
