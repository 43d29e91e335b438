using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Google.Rpc;
using Grpc.Core;
using StandIns.GrpcTests.V1;
using Xunit;

namespace StandIns.GrpcTests;

public sealed class StatusProtoTests
{
    private static readonly Google.Rpc.Status s_status = new()
    {
        Code = (int)StatusCode.NotFound,
        Message = "No such account.",
        Details = { Any.Pack(new ErrorInfo { Reason = "ACCOUNT_NOT_FOUND", Domain = "test" }) },
    };

    [Fact]
    public void A_status_becomes_an_exception_that_carries_it()
    {
        var e = s_status.ToRpcException();

        Assert.Equal((StatusCode.NotFound, "No such account."), (e.StatusCode, e.Status.Detail));
        Assert.Equal(s_status, e.GetRpcStatus());
        Assert.Equal("grpc-status-details-bin", Assert.Single(e.Trailers).Key);
    }

    [Fact]
    public void Code_and_message_of_the_exception_can_be_others()
    {
        var e = s_status.ToRpcException(StatusCode.Aborted, "Other.");

        Assert.Equal((StatusCode.Aborted, "Other."), (e.StatusCode, e.Status.Detail));
        Assert.Equal(s_status, e.GetRpcStatus());
    }

    [Fact]
    public void A_code_that_gRPC_does_not_have_becomes_unknown()
    {
        var e = new Google.Rpc.Status { Code = 17 }.ToRpcException();

        Assert.Equal(StatusCode.Unknown, e.StatusCode);
    }

    [Fact]
    public void Setting_a_status_replaces_every_other_and_keeps_the_rest()
    {
        var metadata = new Metadata { { "a", "1" } };
        metadata.Add(MetadataExtensions.StatusDetailsTrailerName, [1]);
        metadata.Add(MetadataExtensions.StatusDetailsTrailerName, [2]);
        metadata.SetRpcStatus(s_status);

        Assert.Equal(2, metadata.Count);
        Assert.Equal(s_status, metadata.GetRpcStatus());
    }

    [Fact]
    public void Without_a_status_there_is_none_and_bytes_that_are_none_throw_unless_ignored()
    {
        var broken = new Metadata();
        broken.Add(MetadataExtensions.StatusDetailsTrailerName, [0xff]);

        Assert.Null(new Metadata().GetRpcStatus());
        Assert.Null(new RpcException(Grpc.Core.Status.DefaultCancelled).GetRpcStatus());
        Assert.Null(broken.GetRpcStatus(ignoreParseError: true));
        Assert.Throws<InvalidProtocolBufferException>(() => broken.GetRpcStatus());
    }

    [Fact]
    public async Task A_status_travels_in_the_trailers()
    {
        await using var server = await TestServer.StartAsync();
        var request = new EchoRequest { StatusCode = (int)StatusCode.NotFound, RichError = true };

        var e = Assert.Throws<RpcException>(() => server.Client.Echo(request));

        var info = Assert.Single(e.GetRpcStatus()!.Details).Unpack<ErrorInfo>();
        Assert.Equal((StatusCode.NotFound, "ASKED_FOR"), (e.StatusCode, info.Reason));
    }

    [Fact]
    public void Debug_info_has_the_exception_its_stack_and_as_many_inner_ones_as_asked_for()
    {
        var e = Assert.Throws<InvalidOperationException>(Throw);

        var info = e.ToRpcDebugInfo();
        Assert.Equal("System.InvalidOperationException: Outer.", info.Detail);
        Assert.Contains(info.StackEntries, IsThrow);
        Assert.DoesNotContain(info.StackEntries, IsInner);
        Assert.Single(e.ToRpcDebugInfo(innerDepth: 1).StackEntries, IsInner);
        Assert.Equal(2, e.ToRpcDebugInfo(innerDepth: 9).StackEntries.Count(IsInner));

        static bool IsThrow(string line) =>
            line.Contains(nameof(Throw), StringComparison.Ordinal);

        static bool IsInner(string line) =>
            line.StartsWith("InnerException: System.", StringComparison.Ordinal);

        static void Throw() => throw new InvalidOperationException(
            "Outer.", new TimeoutException("Inner.", new IOException("Innermost.")));
    }
}
