using Grpc.Core;
using StandIns.GrpcTests.V1;
using Xunit;

namespace StandIns.GrpcTests;

public sealed class CoreTypeTests
{
    private static readonly Method<string, string> s_method = new(
        MethodType.Unary,
        "a.v1.B",
        "C",
        Marshallers.StringMarshaller,
        Marshallers.StringMarshaller);
    [Fact]
    public void A_status_shows_its_code_its_detail_and_what_happened_here()
    {
        Assert.Equal(
            "Status(StatusCode=\"NotFound\", Detail=\"No such account.\")",
            new Status(StatusCode.NotFound, "No such account.").ToString());
        Assert.Equal(
            "Status(StatusCode=\"Internal\", Detail=\"Broken.\", "
                + "DebugException=\"System.TimeoutException: Late.\")",
            new Status(StatusCode.Internal, "Broken.", new TimeoutException("Late.")).ToString());
        Assert.Equal(new Status(StatusCode.OK, ""), Status.DefaultSuccess);
        Assert.Equal(new Status(StatusCode.Cancelled, ""), Status.DefaultCancelled);
    }

    [Fact]
    public void The_status_codes_have_the_numbers_of_the_protocol()
    {
        string[] names =
        [
            "OK", "Cancelled", "Unknown", "InvalidArgument", "DeadlineExceeded", "NotFound",
            "AlreadyExists", "PermissionDenied", "ResourceExhausted", "FailedPrecondition",
            "Aborted", "OutOfRange", "Unimplemented", "Internal", "Unavailable", "DataLoss",
            "Unauthenticated",
        ];

        Assert.Equal(names, Enumerable.Range(0, 17).Select(code => ((StatusCode)code).ToString()));
        Assert.Equal(17, Enum.GetValues<StatusCode>().Length);
    }

    [Fact]
    public void An_exception_has_the_text_of_its_status_unless_another_is_given()
    {
        var cause = new TimeoutException("Late.");
        var status = new Status(StatusCode.Aborted, "Again.", cause);
        var trailers = new Metadata { { "a", "1" } };

        Assert.Equal(status.ToString(), new RpcException(status).Message);
        Assert.Equal(status.ToString(), new RpcException(status, trailers).Message);
        Assert.Equal("Other.", new RpcException(status, "Other.").Message);
        var e = new RpcException(status, trailers, "Other.");
        Assert.Equal(
            ("Other.", status, StatusCode.Aborted, trailers, cause),
            (e.Message, e.Status, e.StatusCode, e.Trailers, e.InnerException));
        Assert.Same(Metadata.Empty, new RpcException(status).Trailers);
        Assert.Throws<ArgumentNullException>(() => new RpcException(status, (Metadata)null!));
    }

    [Fact]
    public void Call_options_change_by_copy()
    {
        var deadline = new DateTime(2030, 1, 1, 0, 0, 0, DateTimeKind.Utc);
        using var cancellation = new CancellationTokenSource();
        var credentials = CallCredentials.FromInterceptor((_, _) => Task.CompletedTask);
        var writing = new WriteOptions(WriteFlags.NoCompress);
        var empty = new CallOptions();
        var full = empty.WithHeaders([]).WithDeadline(deadline).WithWaitForReady()
            .WithCancellationToken(cancellation.Token).WithWriteOptions(writing)
            .WithCredentials(credentials);

        Assert.Equal(default, empty);
        Assert.NotNull(full.Headers);
        Assert.Equal(deadline, full.Deadline);
        Assert.Equal(cancellation.Token, full.CancellationToken);
        Assert.Same(writing, full.WriteOptions);
        Assert.Same(credentials, full.Credentials);
        Assert.True(full.IsWaitForReady);
        Assert.False(full.WithWaitForReady(false).IsWaitForReady);
    }

    [Fact]
    public void A_marshaller_of_functions_on_arrays_works_with_contexts()
    {
        var marshaller = Marshallers.StringMarshaller;
        var context = new Context();
        marshaller.ContextualSerializer("ä", context);

        Assert.Equal("ä"u8.ToArray(), context.Bytes);
        Assert.Equal("ö", marshaller.ContextualDeserializer(new Payload([.. "ö"u8])));
    }

    [Fact]
    public void A_member_that_a_context_does_not_override_throws()
    {
        Assert.Throws<NotSupportedException>(new Context().GetBufferWriter);
        Assert.Throws<NotSupportedException>(new Context().Complete);
        Assert.Throws<NotSupportedException>(() => new Payload([]).PayloadAsReadOnlySequence());
    }

    [Fact]
    public void A_method_is_named_by_its_path()
    {
        Assert.Equal("/a.v1.B/C", s_method.FullName);
    }

    [Fact]
    public void A_service_definition_hands_out_each_method_once()
    {
        var bound = new List<string>();

        EchoService.BindService(new EchoServer()).BindService(new Binder(bound));

        Assert.Equal(["Unary Echo", "Server Split", "Client Join", "Duplex Chat"], bound);
    }

    [Fact]
    public void A_service_definition_takes_no_method_twice()
    {
        UnaryServerMethod<string, string> handler = (request, _) => Task.FromResult(request);
        var builder = ServerServiceDefinition.CreateBuilder().AddMethod(s_method, handler);

        Assert.Throws<ArgumentException>(() => builder.AddMethod(s_method, handler));
    }

    [Fact]
    public void A_client_without_a_channel_says_so()
    {
        var e = Assert.Throws<NotSupportedException>(() => new Unconnected().Echo(new()));

        Assert.Contains("without a channel", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Composed_credentials_are_two_at_least()
    {
        var one = CallCredentials.FromInterceptor((_, _) => Task.CompletedTask);

        Assert.Throws<ArgumentException>(() => CallCredentials.Compose(one));
    }

    [Fact]
    public void The_peer_s_identity_is_the_properties_of_its_name()
    {
        var name = AuthProperty.Create("x509_common_name", [.. "Ada"u8]);
        var kind = AuthProperty.Create("transport_security_type", [.. "ssl"u8]);
        AuthProperty[] both = [name, kind];
        var properties = both.ToDictionary(p => p.Name, p => new List<AuthProperty> { p });
        var known = new AuthContext("x509_common_name", properties);
        var unknown = new AuthContext(null, properties);

        Assert.True(known.IsPeerAuthenticated);
        Assert.Equal("Ada", Assert.Single(known.PeerIdentity).Value);
        Assert.Equal([kind], known.FindPropertiesByName("transport_security_type"));
        Assert.Empty(known.FindPropertiesByName("other"));
        Assert.False(unknown.IsPeerAuthenticated);
        Assert.Empty(unknown.PeerIdentity);
        Assert.Equal(2, unknown.Properties.Count());
    }

    private sealed class Unconnected : EchoService.EchoServiceClient;

    private sealed class Context : SerializationContext
    {
        public byte[]? Bytes { get; private set; }

        public override void Complete(byte[] payload) => Bytes = payload;
    }

    private sealed class Payload(byte[] bytes) : DeserializationContext
    {
        public override int PayloadLength => bytes.Length;

        public override byte[] PayloadAsNewBuffer() => bytes;
    }

    private sealed class Binder(List<string> bound) : ServiceBinderBase
    {
        public override void AddMethod<TRequest, TResponse>(
            Method<TRequest, TResponse> method, UnaryServerMethod<TRequest, TResponse>? handler) =>
            bound.Add($"Unary {method.Name}");

        public override void AddMethod<TRequest, TResponse>(
            Method<TRequest, TResponse> method,
            ClientStreamingServerMethod<TRequest, TResponse>? handler) =>
            bound.Add($"Client {method.Name}");

        public override void AddMethod<TRequest, TResponse>(
            Method<TRequest, TResponse> method,
            ServerStreamingServerMethod<TRequest, TResponse>? handler) =>
            bound.Add($"Server {method.Name}");

        public override void AddMethod<TRequest, TResponse>(
            Method<TRequest, TResponse> method,
            DuplexStreamingServerMethod<TRequest, TResponse>? handler) =>
            bound.Add($"Duplex {method.Name}");
    }
}
