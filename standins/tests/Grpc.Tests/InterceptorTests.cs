using System.Collections.Concurrent;
using Grpc.Core;
using Grpc.Core.Interceptors;
using StandIns.GrpcTests.V1;
using Xunit;

namespace StandIns.GrpcTests;

public sealed class InterceptorTests
{
    private static readonly Words s_words = new() { Words_ = { "one", "two" } };

    [Fact]
    public async Task On_the_caller_s_side_the_first_interceptor_sees_every_type_of_call_first()
    {
        await using var server = await TestServer.StartAsync();
        var log = new ConcurrentQueue<string>();
        var invoker = server.Channel.Intercept(new Caller("outer", log), new Caller("inner", log));

        await CallAll(new EchoService.EchoServiceClient(invoker));

        string[] calls = ["Echo blocking", "Echo", "Split", "Join", "Chat"];
        Assert.Equal(calls.SelectMany(call => new[] { $"outer {call}", $"inner {call}" }), log);
    }

    [Fact]
    public async Task On_the_server_s_side_an_interceptor_sees_every_type_of_call()
    {
        var log = new ConcurrentQueue<string>();
        await using var server = await TestServer.StartAsync(
            options => options.Interceptors.Add<Handler>(log));

        await CallAll(server.Client);

        Assert.Equal(["unary", "unary", "server", "client", "duplex"], log);
    }

    [Fact]
    public async Task An_interceptor_can_hand_state_to_the_handler()
    {
        await using var server = await TestServer.StartAsync(
            options => options.Interceptors.Add<Handler>(new ConcurrentQueue<string>()));

        var response = await server.Client.EchoAsync(new EchoRequest());

        Assert.Equal("unary", response.Seen["intercepted"]);
    }

    [Fact]
    public async Task A_function_on_headers_changes_those_of_every_call()
    {
        await using var server = await TestServer.StartAsync();
        var client = new EchoService.EchoServiceClient(server.Channel.Intercept(headers =>
        {
            headers.Add("note", $"after {headers.Count}");
            return headers;
        }));

        using var without = client.EchoAsync(new EchoRequest());
        using var with = client.EchoAsync(new EchoRequest(), new Metadata { { "other", "x" } });
        await Task.WhenAll(without.ResponseAsync, with.ResponseAsync);

        Assert.Equal("after 0", without.GetTrailers().GetValue("note-back"));
        Assert.Equal("after 1", with.GetTrailers().GetValue("note-back"));
    }

    [Fact]
    public async Task A_client_with_a_host_of_its_own_asks_for_it_in_every_call()
    {
        await using var server = await TestServer.StartAsync();
        var log = new ConcurrentQueue<string>();
        var client = new EchoService.EchoServiceClient(server.Channel.Intercept(new Hosts(log)));

        await client.WithHost("bank.example").EchoAsync(new EchoRequest());
        await client.EchoAsync(new EchoRequest());

        Assert.Equal(["bank.example", "none"], log);
        Assert.Throws<ArgumentNullException>(() => client.WithHost(null!));
    }

    private static async Task CallAll(EchoService.EchoServiceClient client)
    {
        client.Echo(new EchoRequest { Words = s_words });
        await client.EchoAsync(new EchoRequest { Words = s_words });
        using var split = client.Split(new SplitRequest { Words = s_words });
        Assert.Equal(2, await split.ResponseStream.ReadAllAsync().CountAsync());
        using var join = client.Join();
        await join.RequestStream.CompleteAsync();
        await join;
        using var chat = client.Chat();
        await chat.RequestStream.CompleteAsync();
        Assert.Equal(0, await chat.ResponseStream.ReadAllAsync().CountAsync());
    }

    private sealed class Caller(string name, ConcurrentQueue<string> log) : Interceptor
    {
        public override TResponse BlockingUnaryCall<TRequest, TResponse>(
            TRequest request,
            ClientInterceptorContext<TRequest, TResponse> context,
            BlockingUnaryCallContinuation<TRequest, TResponse> continuation)
        {
            log.Enqueue($"{name} {context.Method.Name} blocking");
            return base.BlockingUnaryCall(request, context, continuation);
        }

        public override AsyncUnaryCall<TResponse> AsyncUnaryCall<TRequest, TResponse>(
            TRequest request,
            ClientInterceptorContext<TRequest, TResponse> context,
            AsyncUnaryCallContinuation<TRequest, TResponse> continuation)
        {
            log.Enqueue($"{name} {context.Method.Name}");
            return base.AsyncUnaryCall(request, context, continuation);
        }

        public override AsyncServerStreamingCall<TResponse>
            AsyncServerStreamingCall<TRequest, TResponse>(
                TRequest request,
                ClientInterceptorContext<TRequest, TResponse> context,
                AsyncServerStreamingCallContinuation<TRequest, TResponse> continuation)
        {
            log.Enqueue($"{name} {context.Method.Name}");
            return base.AsyncServerStreamingCall(request, context, continuation);
        }

        public override AsyncClientStreamingCall<TRequest, TResponse>
            AsyncClientStreamingCall<TRequest, TResponse>(
                ClientInterceptorContext<TRequest, TResponse> context,
                AsyncClientStreamingCallContinuation<TRequest, TResponse> continuation)
        {
            log.Enqueue($"{name} {context.Method.Name}");
            return base.AsyncClientStreamingCall(context, continuation);
        }

        public override AsyncDuplexStreamingCall<TRequest, TResponse>
            AsyncDuplexStreamingCall<TRequest, TResponse>(
                ClientInterceptorContext<TRequest, TResponse> context,
                AsyncDuplexStreamingCallContinuation<TRequest, TResponse> continuation)
        {
            log.Enqueue($"{name} {context.Method.Name}");
            return base.AsyncDuplexStreamingCall(context, continuation);
        }
    }

    private sealed class Hosts(ConcurrentQueue<string> log) : Interceptor
    {
        public override AsyncUnaryCall<TResponse> AsyncUnaryCall<TRequest, TResponse>(
            TRequest request,
            ClientInterceptorContext<TRequest, TResponse> context,
            AsyncUnaryCallContinuation<TRequest, TResponse> continuation)
        {
            log.Enqueue(context.Host ?? "none");
            return continuation(request, context);
        }
    }

    private sealed class Handler(ConcurrentQueue<string> log) : Interceptor
    {
        public override Task<TResponse> UnaryServerHandler<TRequest, TResponse>(
            TRequest request,
            ServerCallContext context,
            UnaryServerMethod<TRequest, TResponse> continuation)
        {
            log.Enqueue("unary");
            context.UserState["intercepted"] = "unary";
            return base.UnaryServerHandler(request, context, continuation);
        }

        public override Task ServerStreamingServerHandler<TRequest, TResponse>(
            TRequest request,
            IServerStreamWriter<TResponse> responseStream,
            ServerCallContext context,
            ServerStreamingServerMethod<TRequest, TResponse> continuation)
        {
            log.Enqueue("server");
            return base.ServerStreamingServerHandler(
                request, responseStream, context, continuation);
        }

        public override Task<TResponse> ClientStreamingServerHandler<TRequest, TResponse>(
            IAsyncStreamReader<TRequest> requestStream,
            ServerCallContext context,
            ClientStreamingServerMethod<TRequest, TResponse> continuation)
        {
            log.Enqueue("client");
            return base.ClientStreamingServerHandler(requestStream, context, continuation);
        }

        public override Task DuplexStreamingServerHandler<TRequest, TResponse>(
            IAsyncStreamReader<TRequest> requestStream,
            IServerStreamWriter<TResponse> responseStream,
            ServerCallContext context,
            DuplexStreamingServerMethod<TRequest, TResponse> continuation)
        {
            log.Enqueue("duplex");
            return base.DuplexStreamingServerHandler(
                requestStream, responseStream, context, continuation);
        }
    }
}
