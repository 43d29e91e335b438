using Grpc.Core;
using Grpc.Net.Client;
using Grpc.Net.Compression;
using StandIns.GrpcTests.V1;
using Xunit;

namespace StandIns.GrpcTests;

/// <summary>Calls between the genuine client and the genuine server over the stand-ins.</summary>
public sealed class CallTests : IAsyncLifetime
{
    private static readonly Words s_words = new() { Words_ = { "one", "two", "three" } };

    private TestServer _server = null!;

    public async Task InitializeAsync() => _server = await TestServer.StartAsync();

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Fact]
    public async Task A_unary_call_brings_the_response_and_an_OK()
    {
        using var call = _server.Client.EchoAsync(new EchoRequest { Words = s_words });
        var response = await call;

        Assert.Equal(s_words, response.Words);
        Assert.Equal(Status.DefaultSuccess, call.GetStatus());
        Assert.Empty(call.GetTrailers());
        Assert.Equal("/standins.test.v1.EchoService/Echo", response.Seen["method"]);
        Assert.StartsWith("ipv4:127.0.0.1:", response.Seen["peer"], StringComparison.Ordinal);
        Assert.Null(response.DeadlineTime);
    }

    [Fact]
    public void A_blocking_call_brings_the_response()
    {
        Assert.Equal(s_words, _server.Client.Echo(new EchoRequest { Words = s_words }).Words);
    }

    [Fact]
    public async Task A_server_streaming_call_brings_every_message_in_order()
    {
        using var call = _server.Client.Split(new SplitRequest { Words = s_words });

        Assert.Equal(s_words.Words_, await Read(call.ResponseStream));
    }

    [Fact]
    public async Task A_client_streaming_call_takes_messages_until_it_is_completed()
    {
        using var call = _server.Client.Join();
        await call.RequestStream.WriteAsync(new JoinRequest { Words = s_words });
        await call.RequestStream.WriteAsync(new JoinRequest { Words = s_words });
        await call.RequestStream.CompleteAsync();

        Assert.Equal([.. s_words.Words_, .. s_words.Words_], (await call).Words.Words_);
        Assert.Equal("2", call.GetTrailers().GetValue("requests"));
    }

    [Fact]
    public async Task A_duplex_call_answers_while_requests_come()
    {
        using var call = _server.Client.Chat();
        foreach (var word in s_words.Words_)
        {
            await call.RequestStream.WriteAsync(new() { Words = new() { Words_ = { word } } });
            Assert.True(await call.ResponseStream.MoveNext());
            Assert.Equal([word], call.ResponseStream.Current.Words.Words_);
        }

        await call.RequestStream.CompleteAsync();
        Assert.False(await call.ResponseStream.MoveNext());
    }

    [Fact]
    public async Task Headers_and_trailers_go_both_ways_also_as_bytes_and_more_than_once()
    {
        byte[] blob = [0, 1, 254, 255];
        var headers = new Metadata { { "note", "a" }, { "Note", "b" }, { "blob-bin", blob } };
        using var call = _server.Client.EchoAsync(new EchoRequest(), headers);
        await call;

        Assert.Equal(blob, (await call.ResponseHeadersAsync).GetValueBytes("blob-back-bin"));
        // HTTP may join values of one name, and .NET's client does.
        Assert.Equal("a, b", Joined(call.GetTrailers().GetAll("note-back")));
    }

    [Theory]
    [InlineData(StatusCode.InvalidArgument)]
    [InlineData(StatusCode.FailedPrecondition)]
    [InlineData(StatusCode.Unauthenticated)]
    public async Task The_status_that_a_handler_throws_arrives_with_its_trailers(StatusCode code)
    {
        var request = new EchoRequest { Words = s_words, StatusCode = (int)code };
        using var call = _server.Client.EchoAsync(request);
        var e = await Assert.ThrowsAsync<RpcException>(async () => await call);

        Assert.Equal(new Status(code, "one two three"), new Status(e.StatusCode, e.Status.Detail));
        Assert.Equal($"Status(StatusCode=\"{code}\", Detail=\"one two three\")", e.Message);
        Assert.Equal("asked", e.Trailers.GetValue("why"));
        Assert.Equal([0, 255], e.Trailers.GetValueBytes("why-bin"));
        Assert.Equal(code, call.GetStatus().StatusCode);
    }

    [Fact]
    public async Task A_deadline_is_seen_by_the_handler_and_ends_the_call()
    {
        var far = DateTime.UtcNow.AddMinutes(5);
        var seen = await _server.Client.EchoAsync(new EchoRequest(), deadline: far);
        Assert.Equal(far, seen.DeadlineTime.ToDateTime(), TimeSpan.FromSeconds(30));

        var near = DateTime.UtcNow.AddMilliseconds(300);
        var e = await Assert.ThrowsAsync<RpcException>(async () => await _server.Client.EchoAsync(
            new EchoRequest { WaitForCancellation = true }, deadline: near));
        Assert.Equal(StatusCode.DeadlineExceeded, e.StatusCode);
    }

    [Fact]
    public async Task A_cancelled_call_ends_on_both_sides()
    {
        using var cancellation = new CancellationTokenSource(TestServer.Patience);
        using var call = _server.Client.Split(
            new SplitRequest { Words = s_words, WaitForCancellation = true },
            cancellationToken: cancellation.Token);
        Assert.True(await call.ResponseStream.MoveNext());
        await cancellation.CancelAsync();

        var e = await Assert.ThrowsAsync<RpcException>(() => Read(call.ResponseStream));
        Assert.Equal(StatusCode.Cancelled, e.StatusCode);
    }

    [Fact]
    public async Task A_disposed_call_is_cancelled()
    {
        var call = _server.Client.EchoAsync(new EchoRequest { WaitForCancellation = true });
        Assert.Throws<InvalidOperationException>(() => call.GetStatus());
        call.Dispose();

        var e = await Assert.ThrowsAsync<RpcException>(async () => await call);
        Assert.Equal(StatusCode.Cancelled, e.StatusCode);
    }

    [Fact]
    public async Task A_method_that_is_not_there_is_UNIMPLEMENTED()
    {
        var method = new Method<string, string>(
            MethodType.Unary,
            "a.v1.B",
            "C",
            Marshallers.StringMarshaller,
            Marshallers.StringMarshaller);
        var invoker = _server.Channel.CreateCallInvoker();
        using var call = invoker.AsyncUnaryCall(method, null, default, "");

        var e = await Assert.ThrowsAsync<RpcException>(async () => await call);
        Assert.Equal(StatusCode.Unimplemented, e.StatusCode);
    }

    [Fact]
    public async Task Call_credentials_add_their_headers_where_they_are_allowed()
    {
        var credentials = CallCredentials.Compose(
            CallCredentials.FromInterceptor((context, metadata) =>
            {
                metadata.Add("note", context.MethodName);
                return Task.CompletedTask;
            }),
            CallCredentials.FromInterceptor((context, metadata) =>
            {
                metadata.Add("note", context.ServiceUrl);
                return Task.CompletedTask;
            }));
        using var channel = GrpcChannel.ForAddress(_server.App.Urls.Single(), new()
        {
            Credentials = ChannelCredentials.Create(ChannelCredentials.Insecure, credentials),
            UnsafeUseInsecureChannelCallCredentials = true,
        });
        using var call = new EchoService.EchoServiceClient(channel).EchoAsync(new EchoRequest());
        await call;

        Assert.Equal(
            $"Echo, {_server.App.Urls.Single()}/standins.test.v1.EchoService",
            Joined(call.GetTrailers().GetAll("note-back")));
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("deflate")]
    public async Task Messages_are_compressed_with_the_providers(string encoding)
    {
        await using var server = await TestServer.StartAsync(options =>
        {
            options.ResponseCompressionAlgorithm = encoding;
            options.CompressionProviders.Clear();
            options.CompressionProviders.Add(Provider(encoding));
        });
        using var channel = GrpcChannel.ForAddress(server.App.Urls.Single(), new()
        {
            CompressionProviders = [Provider(encoding)],
        });
        var words = new Words { Words_ = { Enumerable.Repeat("again", 1000) } };
        var headers = new Metadata { { "grpc-internal-encoding-request", encoding } };
        var client = new EchoService.EchoServiceClient(channel);

        var response = await client.EchoAsync(new EchoRequest { Words = words }, headers);
        Assert.Equal(words, response.Words);
    }

    private static string Joined(IEnumerable<Metadata.Entry> entries) =>
        string.Join(", ", entries.Select(entry => entry.Value));

    private static ICompressionProvider Provider(string encoding) => encoding == "gzip"
        ? new GzipCompressionProvider(System.IO.Compression.CompressionLevel.Fastest)
        : new DeflateCompressionProvider(System.IO.Compression.CompressionLevel.Fastest);

    private static async Task<List<string>> Read(IAsyncStreamReader<SplitResponse> stream)
    {
        var words = new List<string>();
        await foreach (var response in stream.ReadAllAsync())
        {
            words.Add(response.Word);
        }

        return words;
    }
}
