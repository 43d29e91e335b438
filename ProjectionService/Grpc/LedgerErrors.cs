using BankAccounts.ProjectionService.Log;
using BankAccounts.ProjectionService.Rebuilding;
using BankAccounts.ProjectionService.Verification;
using BankAccounts.ServiceDefaults.Grpc;
using BankAccounts.ServiceDefaults.Redis;
using Confluent.Kafka;
using Grpc.Core;
using StackExchange.Redis;

namespace BankAccounts.ProjectionService.Grpc;

/// <summary>From what goes wrong to the errors of the contract, in one switch.</summary>
public static class LedgerErrors
{
    /// <summary>The error that a caller sees; null if it is not one of the contract's.</summary>
    public static RpcException? Of(Exception failed) => failed switch
    {
        RedisBusyException => BankErrors.Create(Reasons.Overloaded),
        RedisException or TimeoutException => BankErrors.Create(Reasons.RedisUnavailable),
        KafkaException or LogSilentException => BankErrors.Create(
            Reasons.KafkaUnavailable, $"The log cannot be read: {failed.Message}"),
        GenerationMovedException => BankErrors.Create(Reasons.GenerationMoved, failed.Message),
        NewerFormatException => BankErrors.Create(Reasons.NewerFormat, failed.Message),
        LogMismatchException => BankErrors.Create(Reasons.LogMismatch, $"Redis stands where {failed.Message}."),
        RebuildRefusedException refused => BankErrors.Create(refused.Reason, failed.Message),
        _ => null,
    };
}
