using BankAccounts.Client;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Google.Rpc;
using Grpc.Core;
using Status = Google.Rpc.Status;

namespace BankAccounts.Contracts.Tests;

/// <summary>
/// Answers calls one after the other as a test says, and keeps what was asked. Its clock stands still but for
/// the pauses of the client, which take no time.
/// </summary>
internal sealed class ScriptedBank : CallInvoker
{
    private readonly Queue<Func<object>> script = new();

    /// <summary>What was asked, in order.</summary>
    public List<object> Asked { get; } = [];

    /// <summary>The clock.</summary>
    public JumpingClock Clock { get; } = new();

    /// <summary>The deadlines of the calls, from the time of the call.</summary>
    public List<TimeSpan> Deadlines { get; } = [];

    public BankClient Client(BankRetryPolicy? retry = null) => new(this, this, retry, Clock);

    public ScriptedBank Then(IMessage answer)
    {
        script.Enqueue(() => answer);
        return this;
    }

    /// <summary>A refusal as the ledger decides it: with the balance, and where in the log it stands.</summary>
    public ScriptedBank ThenRefused(StatusCode code, string reason) =>
        ThenError(code, Told(reason, ("balance", "7"), ("offset", "11")));

    /// <summary>Another error as the bank tells it.</summary>
    public ScriptedBank ThenError(
        StatusCode code, string reason, TimeSpan? retryAfter = null, params string[] fields) =>
        ThenError(code, Told(reason), retryAfter, fields);

    /// <summary>An error of the connection, or of something between the client and the bank.</summary>
    public ScriptedBank ThenBroken(StatusCode code) => Throw(code, []);

    /// <summary>The caller gives up while the call is under way.</summary>
    public ScriptedBank ThenCancelled(CancellationTokenSource caller)
    {
        script.Enqueue(() =>
        {
            caller.Cancel();
            throw new RpcException(new Grpc.Core.Status(StatusCode.Cancelled, "So it is."));
        });
        return this;
    }

    private static ErrorInfo Told(string reason, params (string Key, string Value)[] metadata) => new()
    {
        Reason = reason,
        Domain = "bankaccounts",
        Metadata = { metadata.ToDictionary(entry => entry.Key, entry => entry.Value) },
    };

    private ScriptedBank ThenError(
        StatusCode code, ErrorInfo info, TimeSpan? retryAfter = null, params string[] fields)
    {
        var status = new Status { Code = (int)code, Message = "So it is." };
        status.Details.Add(Any.Pack(info));
        if (retryAfter is { } delay)
        {
            status.Details.Add(Any.Pack(new RetryInfo { RetryDelay = Duration.FromTimeSpan(delay) }));
        }
        if (fields.Length > 0)
        {
            status.Details.Add(Any.Pack(new BadRequest
            {
                FieldViolations = { fields.Select(field => new BadRequest.Types.FieldViolation { Field = field }) },
            }));
        }
        return Throw(code, new Metadata { { "grpc-status-details-bin", status.ToByteArray() } });
    }

    private ScriptedBank Throw(StatusCode code, Metadata trailers)
    {
        script.Enqueue(() => throw new RpcException(new Grpc.Core.Status(code, "So it is."), trailers));
        return this;
    }

    public override AsyncUnaryCall<TResponse> AsyncUnaryCall<TRequest, TResponse>(
        Method<TRequest, TResponse> method, string? host, CallOptions options, TRequest request)
    {
        Asked.Add(((IDeepCloneable<TRequest>)request).Clone());
        Deadlines.Add(options.Deadline!.Value - Clock.GetUtcNow().UtcDateTime);
        var answer = Task.FromResult(0).ContinueWith(_ => (TResponse)script.Dequeue()(), TaskScheduler.Default);
        return new AsyncUnaryCall<TResponse>(
            answer, Task.FromResult(new Metadata()), () => Grpc.Core.Status.DefaultSuccess, () => [], () => { });
    }

    public override AsyncServerStreamingCall<TResponse> AsyncServerStreamingCall<TRequest, TResponse>(
        Method<TRequest, TResponse> method, string? host, CallOptions options, TRequest request)
    {
        Asked.Add(((IDeepCloneable<TRequest>)request).Clone());
        return new AsyncServerStreamingCall<TResponse>(
            new Stream<TResponse>(script), Task.FromResult(new Metadata()),
            () => Grpc.Core.Status.DefaultSuccess, () => [], () => { });
    }

    public override TResponse BlockingUnaryCall<TRequest, TResponse>(
        Method<TRequest, TResponse> method, string? host, CallOptions options, TRequest request) =>
        throw new NotSupportedException("The client does not block.");

    public override AsyncClientStreamingCall<TRequest, TResponse> AsyncClientStreamingCall<TRequest, TResponse>(
        Method<TRequest, TResponse> method, string? host, CallOptions options) =>
        throw new NotSupportedException("There is no such method.");

    public override AsyncDuplexStreamingCall<TRequest, TResponse> AsyncDuplexStreamingCall<TRequest, TResponse>(
        Method<TRequest, TResponse> method, string? host, CallOptions options) =>
        throw new NotSupportedException("The client does not wrap streams of batches.");

    private sealed class Stream<T>(Queue<Func<object>> script) : IAsyncStreamReader<T>
    {
        public T Current { get; private set; } = default!;

        public Task<bool> MoveNext(CancellationToken cancellationToken)
        {
            cancellationToken.ThrowIfCancellationRequested();
            Current = (T)script.Dequeue()();
            return Task.FromResult(true);
        }
    }
}
