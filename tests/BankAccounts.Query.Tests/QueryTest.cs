using BankAccounts.EndToEnd.Tests;
using BankAccounts.Log.V1;
using BankAccounts.Store.Tests;
using BankAccounts.Tests.Logs;
using BankAccounts.V1;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using static BankAccounts.Tests.Logs.Records;
using Queries = BankAccounts.V1.QueryService.QueryServiceClient;

namespace BankAccounts.Query.Tests;

/// <summary>Begins with an empty bank.</summary>
[Collection(OneQueryHost.Name)]
public abstract class QueryTest(QueryHost host) : IAsyncLifetime
{
    protected QueryHost Host { get; } = host;

    protected Queries Queries { get; } = host.Queries;

    private protected TransferLog Log { get; } = new();

    public Task InitializeAsync() => Host.BeginAsync();

    public Task DisposeAsync() => Task.CompletedTask;

    /// <summary>Appends commands, and commits them.</summary>
    protected async Task GivenAsync(params LogRecord[] commands)
    {
        Array.ForEach(commands, command => Log.Append(command));
        await Host.FoldAsync(Log);
    }

    /// <summary>A long life: deposits and refused withdrawals, one a second; most of it in sealed pages.</summary>
    protected async Task GivenLongHistoryAsync(AccountId account, int entries)
    {
        Log.Append(Create(account).At(StartMs));
        for (var i = 1; i < entries; i++)
        {
            var command = i % 4 == 0
                ? Withdraw(account, Bounds.MaxAmount, description: "too much")
                : Deposit(account, i, description: $"number {i + 1}");
            Log.Append(command.As($"r{i}").At(StartMs + (i * 1_000L)));
        }
        await Host.FoldAsync(Log);
        await Host.SealAsync(account);
    }

    /// <summary>The time of an entry of such a life.</summary>
    protected static Timestamp TimeOf(long number, long plusMs = 0) => Timestamp.FromDateTimeOffset(
        DateTimeOffset.FromUnixTimeMilliseconds(StartMs + ((number - 1) * 1_000) + plusMs));

    /// <summary>The balance of such a life after an entry.</summary>
    protected static long BalanceAfter(long number)
    {
        long balance = 0;
        for (var i = 1; i < number; i++)
        {
            balance += i % 4 == 0 ? 0 : i;
        }
        return balance;
    }

    protected static void Refused(Refusal refusal, StatusCode code, string reason) =>
        Assert.Equal((code, reason), (refusal.Code, refusal.Reason));

    protected static void Malformed(Refusal refusal, params string[] fields)
    {
        Refused(refusal, StatusCode.InvalidArgument, "INVALID_ARGUMENT");
        Assert.Equal(fields, refusal.Fields);
    }

    protected static Position At(int partition, long offset) => new() { Partition = partition, Offset = offset };

    protected static async Task<Refusal> RefusalOfAsync<T>(AsyncServerStreamingCall<T> call)
    {
        using (call)
        {
            return Refusal.Of(await Assert.ThrowsAsync<RpcException>(
                async () => await call.ResponseStream.MoveNext(CancellationToken.None)));
        }
    }
}
