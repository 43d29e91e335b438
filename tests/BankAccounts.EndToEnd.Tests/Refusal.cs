using Google.Rpc;
using Grpc.Core;

namespace BankAccounts.EndToEnd.Tests;

/// <summary>What a refused call tells its caller.</summary>
public sealed record Refusal(StatusCode Code, ErrorInfo Info, string[] Fields)
{
    public string Reason => Info.Reason;

    /// <summary>The refusal that a call ends with; the test fails if it ends otherwise.</summary>
    public static async Task<Refusal> OfAsync<T>(AsyncUnaryCall<T> call)
    {
        var error = await Assert.ThrowsAsync<RpcException>(() => call.ResponseAsync);
        return Of(error);
    }

    public static Refusal Of(RpcException error)
    {
        var status = error.GetRpcStatus();
        Assert.NotNull(status);
        Assert.Equal((int)error.StatusCode, status.Code);
        var info = status.GetDetail<ErrorInfo>();
        Assert.NotNull(info);
        Assert.Equal("bankaccounts", info.Domain);
        var fields = status.GetDetail<BadRequest>()?.FieldViolations.Select(field => field.Field) ?? [];
        return new Refusal(error.StatusCode, info, [.. fields]);
    }
}
