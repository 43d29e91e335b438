using System.Text;
using Grpc.Core;

namespace BankAccounts.ServiceDefaults.Tests;

/// <summary>Calls of well-known services by their bytes on the wire, without their stubs.</summary>
internal static class RawGrpc
{
    public const string Serving = "0801";
    public const string NotServing = "0802";

    private static readonly Marshaller<byte[]> Bytes = new(b => b, b => b);

    /// <summary>
    /// The answer of <c>grpc.health.v1.Health/Check</c>: field 1, a status, in hex.
    /// </summary>
    public static async Task<string> CheckHealth(this ChannelBase channel, string service)
    {
        var method = new Method<byte[], byte[]>(
            MethodType.Unary, "grpc.health.v1.Health", "Check", Bytes, Bytes);
        using var call = channel.CreateCallInvoker().AsyncUnaryCall(
            method, null, Patient(), Text(fieldTag: 0x0a, service));
        return Convert.ToHexString(await call.ResponseAsync);
    }

    /// <summary>The first answer of reflection to "list the services", read as text.</summary>
    public static async Task<string> ListServices(this ChannelBase channel, string reflection)
    {
        var method = new Method<byte[], byte[]>(
            MethodType.DuplexStreaming, reflection, "ServerReflectionInfo", Bytes, Bytes);
        using var call = channel.CreateCallInvoker().AsyncDuplexStreamingCall(
            method, null, Patient());
        await call.RequestStream.WriteAsync(Text(fieldTag: 0x3a, "*"));
        Assert.True(await call.ResponseStream.MoveNext(CancellationToken.None));
        await call.RequestStream.CompleteAsync();
        return Encoding.Latin1.GetString(call.ResponseStream.Current);
    }

    /// <summary>A stream of reflection that stays open, once the server has answered in it.</summary>
    public static async Task<AsyncDuplexStreamingCall<byte[], byte[]>> OpenAsync(
        this ChannelBase channel, string reflection)
    {
        var method = new Method<byte[], byte[]>(
            MethodType.DuplexStreaming, reflection, "ServerReflectionInfo", Bytes, Bytes);
        var call = channel.CreateCallInvoker().AsyncDuplexStreamingCall(method, null, Patient());
        await call.RequestStream.WriteAsync(Text(fieldTag: 0x3a, "*"));
        Assert.True(await call.ResponseStream.MoveNext(CancellationToken.None));
        return call;
    }

    private static CallOptions Patient() => new(deadline: DateTime.UtcNow.AddSeconds(20));

    private static byte[] Text(byte fieldTag, string text)
    {
        var content = Encoding.UTF8.GetBytes(text);
        List<byte> message = [fieldTag];
        var length = (uint)content.Length;
        for (; length >= 0x80; length >>= 7)
        {
            message.Add((byte)(length | 0x80));
        }

        message.Add((byte)length);
        message.AddRange(content);
        return [.. message];
    }
}
