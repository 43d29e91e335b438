using System.Globalization;
using Google.Protobuf.WellKnownTypes;
using Google.Rpc;
using Grpc.Core;
using StandIns.GrpcTests.V1;
using Status = Grpc.Core.Status;

namespace StandIns.GrpcTests;

/// <summary>The handlers of the tests' own service.</summary>
public sealed class EchoServer : EchoService.EchoServiceBase
{
    public override async Task<EchoResponse> Echo(EchoRequest request, ServerCallContext context)
    {
        foreach (var note in context.RequestHeaders.GetAll("note"))
        {
            context.ResponseTrailers.Add("note-back", note.Value);
        }

        if (context.RequestHeaders.GetValueBytes("blob-bin") is { } blob)
        {
            await context.WriteResponseHeadersAsync(new Metadata { { "blob-back-bin", blob } });
        }

        if (request.WaitForCancellation)
        {
            await Task.Delay(Timeout.Infinite, context.CancellationToken);
        }

        ThrowAsAsked(request);
        return Seen(request, context);
    }

    public override async Task Split(
        SplitRequest request,
        IServerStreamWriter<SplitResponse> responseStream,
        ServerCallContext context)
    {
        foreach (var word in request.Words.Words_)
        {
            await responseStream.WriteAsync(new() { Word = word }, context.CancellationToken);
        }

        if (request.WaitForCancellation)
        {
            await Task.Delay(Timeout.Infinite, context.CancellationToken);
        }
    }

    public override async Task<JoinResponse> Join(
        IAsyncStreamReader<JoinRequest> requestStream, ServerCallContext context)
    {
        var response = new JoinResponse { Words = new() };
        var requests = 0;
        await foreach (var request in requestStream.ReadAllAsync(context.CancellationToken))
        {
            response.Words.Words_.Add(request.Words.Words_);
            requests++;
        }

        context.ResponseTrailers.Add("requests", requests.ToString(CultureInfo.InvariantCulture));
        return response;
    }

    public override async Task Chat(
        IAsyncStreamReader<ChatRequest> requestStream,
        IServerStreamWriter<ChatResponse> responseStream,
        ServerCallContext context)
    {
        while (await requestStream.MoveNext())
        {
            await responseStream.WriteAsync(new() { Words = requestStream.Current.Words });
        }
    }

    private static void ThrowAsAsked(EchoRequest request)
    {
        var detail = string.Join(' ', request.Words?.Words_ ?? []);
        if (request.RichError)
        {
            throw new Google.Rpc.Status
            {
                Code = request.StatusCode,
                Message = detail,
                Details = { Any.Pack(new ErrorInfo { Reason = "ASKED_FOR", Domain = "test" }) },
            }.ToRpcException();
        }

        if (request.StatusCode != 0)
        {
            throw new RpcException(
                new Status((StatusCode)request.StatusCode, detail),
                new Metadata { { "why", "asked" }, { "why-bin", [0, 255] } });
        }
    }

    private static EchoResponse Seen(EchoRequest request, ServerCallContext context)
    {
        var response = new EchoResponse { Words = request.Words };
        response.Seen["method"] = context.Method;
        response.Seen["peer"] = context.Peer;
        response.Seen["host"] = context.Host;
        if (context.UserState.TryGetValue("intercepted", out var intercepted))
        {
            response.Seen["intercepted"] = (string)intercepted;
        }

        if (context.Deadline != DateTime.MaxValue)
        {
            response.DeadlineTime = Timestamp.FromDateTime(context.Deadline);
        }

        return response;
    }
}
