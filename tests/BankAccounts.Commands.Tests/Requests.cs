using BankAccounts.Tests.Foreign;
using BankAccounts.V1;
using Grpc.Core;

namespace BankAccounts.Commands.Tests;

/// <summary>Well-formed requests.</summary>
internal static class Requests
{
    public static readonly string Account = AccountId.FromRequestId("an account", 12).ToString();

    public static readonly string OtherAccount = AccountId.FromRequestId("another account", 12).ToString();

    public static DepositRequest Deposit(WaitFor waitFor = WaitFor.Unspecified, string requestId = "") =>
        new() { AccountId = Account, Amount = 10, WaitFor = waitFor, RequestId = requestId };

    public static TransferRequest Transfer(WaitFor waitFor = WaitFor.Unspecified, string requestId = "") => new()
    {
        FromAccountId = Account,
        ToAccountId = OtherAccount,
        Amount = 10,
        WaitFor = waitFor,
        RequestId = requestId,
    };

    /// <summary>A batch of deposits with these tags.</summary>
    public static ExecuteRequest Batch(int from, int count)
    {
        var batch = new ExecuteRequest();
        batch.Commands.AddRange(Enumerable.Range(from, count).Select(
            tag => new Command { Tag = (ulong)tag, Deposit = Deposit() }));
        return batch;
    }
}

/// <summary>How calls end.</summary>
internal static class Outcomes
{
    public static async Task<StatusCode> CodeAsync<T>(AsyncUnaryCall<T> call)
    {
        try
        {
            await call.ResponseAsync;
            return StatusCode.OK;
        }
        catch (RpcException error)
        {
            return error.StatusCode;
        }
    }

    /// <summary>The error that a call ends with.</summary>
    public static async Task<ForeignError> ErrorAsync(Func<Task> call)
    {
        var error = await Assert.ThrowsAsync<RpcException>(call);
        var status = error.GetRpcStatus();
        Assert.NotNull(status);
        Assert.Equal((int)error.StatusCode, status.Code);
        return ForeignError.Of(status);
    }
}
