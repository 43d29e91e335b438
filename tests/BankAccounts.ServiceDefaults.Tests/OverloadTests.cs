using BankAccounts.ServiceDefaults.Grpc;
using BankAccounts.V1;
using Google.Rpc;
using Grpc.Core;
using Grpc.Net.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace BankAccounts.ServiceDefaults.Tests;

/// <summary>What a service does when it is asked for more than it takes.</summary>
public sealed class OverloadTests
{
    private const string Reflection = "grpc.reflection.v1.ServerReflection";

    [Fact]
    public async Task A_call_too_many_is_refused_and_says_when_to_try_again_while_another_caller_is_served()
    {
        await using var app = await StartAsync("MaxCalls", "5");
        var streams = new List<AsyncDuplexStreamingCall<byte[], byte[]>>();
        for (var number = 0; number < 4; number++)
        {
            streams.Add(await app.Grpc.OpenAsync(Reflection));
        }

        var refused = (await Assert.ThrowsAsync<RpcException>(() => app.Grpc.CheckHealth(""))).GetRpcStatus()!;
        Assert.Equal((int)StatusCode.ResourceExhausted, refused.Code);
        Assert.Equal("OVERLOADED", refused.GetDetail<ErrorInfo>()!.Reason);
        Assert.Equal(Reasons.Overloaded.RetryAfter, refused.GetDetail<RetryInfo>()!.RetryDelay.ToTimeSpan());

        using var other = GrpcChannel.ForAddress(app.GrpcAddress);
        Assert.Equal(RawGrpc.Serving, await other.CheckHealth(""));
        Assert.StartsWith("Healthy", (await app.Get("/health")).Text, StringComparison.Ordinal);

        await streams[0].RequestStream.CompleteAsync();
        Assert.False(await streams[0].ResponseStream.MoveNext(CancellationToken.None));
        await Eventually.BecomesTrue(
            async () => await IsServedAsync(app.Grpc), "the place of the call that ended is free again");
        streams.ForEach(stream => stream.Dispose());
    }

    [Fact]
    public async Task A_connection_too_many_is_closed_and_those_that_are_there_go_on()
    {
        await using var app = await StartAsync("MaxConnections", "1");
        Assert.Equal(RawGrpc.Serving, await app.Grpc.CheckHealth(""));

        using var other = GrpcChannel.ForAddress(app.GrpcAddress);
        var error = await Assert.ThrowsAsync<RpcException>(() => other.CheckHealth(""));
        Assert.Equal(StatusCode.Unavailable, error.StatusCode);

        Assert.Equal(RawGrpc.Serving, await app.Grpc.CheckHealth(""));
        Assert.StartsWith("Healthy", (await app.Get("/health")).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_streamed_and_not_taken_is_cut_off_and_that_which_is_taken_goes_on()
    {
        var statements = new EndlessStatements();
        await using var app = await StartAsync(
            "TakeWithin", "00:00:01", services => services.AddSingleton(statements),
            app => app.MapGrpcService<EndlessStatements>());
        using var other = GrpcChannel.ForAddress(app.GrpcAddress);
        using var taken = new QueryService.QueryServiceClient(other).GetStatement(new GetStatementRequest());
        using var untaken = new QueryService.QueryServiceClient(app.Grpc).GetStatement(new GetStatementRequest());

        var ended = statements.FirstEnd;
        // Without a pause: a client's window may have grown, and its next part is asked for when half of it was read.
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (!ended.IsCompleted)
        {
            Assert.True(await taken.ResponseStream.MoveNext(patience.Token));
        }

        Assert.Equal(StatusCode.Aborted, Assert.IsType<RpcException>(await ended).StatusCode);
        var error = await Assert.ThrowsAsync<RpcException>(async () =>
        {
            while (await untaken.ResponseStream.MoveNext())
            {
            }
        });
        Assert.Equal(StatusCode.Cancelled, error.StatusCode);
        Assert.True(await taken.ResponseStream.MoveNext());
    }

    private static async Task<bool> IsServedAsync(ChannelBase channel)
    {
        try
        {
            return await channel.CheckHealth("") == RawGrpc.Serving;
        }
        catch (RpcException)
        {
            return false;
        }
    }

    private static async Task<RunningApp> StartAsync(
        string limit, string value, Action<IServiceCollection>? add = null, Action<WebApplication>? map = null)
    {
        var builder = RunningApp.CreateBuilder();
        builder.Configuration[$"Grpc:Limits:{limit}"] = value;
        builder.AddServiceDefaults();
        builder.AddBankGrpc();
        add?.Invoke(builder.Services);
        return await RunningApp.Start(builder, app =>
        {
            app.MapBankGrpc();
            map?.Invoke(app);
        });
    }

    /// <summary>Streams for as long as somebody takes it.</summary>
    private sealed class EndlessStatements : QueryService.QueryServiceBase
    {
        private readonly TaskCompletionSource<Exception> firstEnd = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task<Exception> FirstEnd => firstEnd.Task;

        public override async Task GetStatement(
            GetStatementRequest request, IServerStreamWriter<GetStatementResponse> responseStream, ServerCallContext context)
        {
            var part = new GetStatementResponse { Header = new StatementHeader { HolderName = new string('a', 50_000) } };
            try
            {
                while (true)
                {
                    await responseStream.WriteAsync(part, context.CancellationToken);
                }
            }
            catch (Exception end)
            {
                firstEnd.TrySetResult(end);
                throw;
            }
        }
    }
}
