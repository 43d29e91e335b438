using BankAccounts.V1;
using Grpc.Core;

namespace BankAccounts.Bench.Calls;

/// <summary>
/// The methods of CommandService that load is made with, on bytes: requests are written in place, and of a
/// response only that is read which has to be known (<see cref="AnswerReader"/>).
/// </summary>
internal static class BankCalls
{
    private static readonly string Service = CommandService.Descriptor.FullName;

    private static readonly Marshaller<byte[]> Bytes = Marshallers.Create(
        static (byte[] bytes, SerializationContext context) => context.Complete(bytes),
        static context => context.PayloadAsNewBuffer());

    private static readonly Marshaller<PooledBytes> Pooled = Marshallers.Create(
        static (PooledBytes _, SerializationContext _) => throw new NotSupportedException("It is a response."),
        static context => new PooledBytes(context.PayloadAsReadOnlySequence()));

    public static Method<byte[], byte[]> Deposit { get; } =
        new(MethodType.Unary, Service, nameof(Deposit), Bytes, Bytes);

    public static Method<byte[], byte[]> Withdraw { get; } =
        new(MethodType.Unary, Service, nameof(Withdraw), Bytes, Bytes);

    public static Method<byte[], PooledBytes> Execute { get; } =
        new(MethodType.DuplexStreaming, Service, nameof(Execute), Bytes, Pooled);
}
