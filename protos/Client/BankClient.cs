using BankAccounts.V1;
using Google.Protobuf;
using Grpc.Core;

namespace BankAccounts.Client;

/// <summary>
/// The bank as .NET programs call it: commands that can be retried safely, and reads that see what this client
/// has done and seen before. It is safe for many threads; make one and keep it.
/// </summary>
/// <remarks>
/// A command without a request id gets one here, once for all of its attempts. A refusal, and a command whose
/// outcome stays unknown, is a <see cref="BankException"/>; one that its caller cancels is a
/// <see cref="CommandCanceledException"/>, which knows the request id. What is not wrapped here is called through
/// <see cref="Commands"/> and <see cref="Queries"/>.
/// </remarks>
public sealed partial class BankClient
{
    private readonly BankRetryPolicy retry;
    private readonly TimeProvider time;
    private readonly KnownPositions positions = new();

    /// <summary>A client of the two services.</summary>
    /// <param name="commands">A channel to CommandService, for example <c>GrpcChannel.CreateCallInvoker()</c>.</param>
    /// <param name="queries">A channel to QueryService.</param>
    /// <param name="retry">How long it goes on asking; the defaults if it is not given.</param>
    /// <param name="time">The clock; that of the system if it is not given.</param>
    public BankClient(
        CallInvoker commands, CallInvoker queries, BankRetryPolicy? retry = null, TimeProvider? time = null)
    {
        Commands = new V1.CommandService.CommandServiceClient(commands);
        Queries = new V1.QueryService.QueryServiceClient(queries);
        this.retry = retry ?? new BankRetryPolicy();
        this.time = time ?? TimeProvider.System;
    }

    /// <summary>CommandService as it is.</summary>
    public V1.CommandService.CommandServiceClient Commands { get; }

    /// <summary>QueryService as it is.</summary>
    public V1.QueryService.QueryServiceClient Queries { get; }

    /// <summary>Opens an account.</summary>
    /// <exception cref="BankException">It was refused, or its outcome is unknown.</exception>
    public Task<CreateAccountResponse> CreateAccountAsync(
        CreateAccountRequest request, CancellationToken cancellation = default) =>
        DecideAsync(request, Commands.CreateAccountAsync, cancellation);

    /// <summary>Adds money to an account.</summary>
    /// <exception cref="BankException">It was refused, or its outcome is unknown.</exception>
    public Task<DepositResponse> DepositAsync(DepositRequest request, CancellationToken cancellation = default) =>
        DecideAsync(request, Commands.DepositAsync, cancellation);

    /// <summary>Takes money out of an account.</summary>
    /// <exception cref="BankException">It was refused, or its outcome is unknown.</exception>
    public Task<WithdrawResponse> WithdrawAsync(WithdrawRequest request, CancellationToken cancellation = default) =>
        DecideAsync(request, Commands.WithdrawAsync, cancellation);

    /// <summary>Moves money, and waits for its final decision as long as the retry policy allows.</summary>
    /// <returns>The decision; OUTCOME_PENDING if it was not final in time.</returns>
    /// <exception cref="BankException">It was refused, or its outcome is unknown.</exception>
    public Task<TransferResponse> TransferAsync(TransferRequest request, CancellationToken cancellation = default) =>
        DecideAsync(request, Commands.TransferAsync, cancellation);

    /// <summary>Closes an account.</summary>
    /// <exception cref="BankException">It was refused, or its outcome is unknown.</exception>
    public Task<CloseAccountResponse> CloseAccountAsync(
        CloseAccountRequest request, CancellationToken cancellation = default) =>
        DecideAsync(request, Commands.CloseAccountAsync, cancellation);

    private async Task<TResponse> DecideAsync<TRequest, TResponse>(
        TRequest request,
        Func<TRequest, CallOptions, AsyncUnaryCall<TResponse>> call,
        CancellationToken cancellation)
        where TRequest : class, ICommandRequest, IDeepCloneable<TRequest>
        where TResponse : class, IDecided
    {
        var command = request.Clone();
        if (command.RequestId.Length == 0)
        {
            command.RequestId = Guid.NewGuid().ToString();
        }
        try
        {
            var answer = await AskAsync(
                options => call(command, options),
                isFinal: response => response.Decision.Outcome != Outcome.Pending,
                command.RequestId,
                cancellation);
            positions.Note(answer.Decision.Position);
            return answer;
        }
        catch (OperationCanceledException cancelled) when (cancellation.IsCancellationRequested)
        {
            throw new CommandCanceledException(command.RequestId, cancelled, cancellation);
        }
    }

    /// <summary>Attempts until there is a final answer, an error that stays, or no time.</summary>
    private async Task<TResponse> AskAsync<TResponse>(
        Func<CallOptions, AsyncUnaryCall<TResponse>> call,
        Func<TResponse, bool> isFinal,
        string requestId,
        CancellationToken cancellation)
        where TResponse : class
    {
        var began = time.GetTimestamp();
        var isOutcomeUnknown = false;
        TResponse? pending = null;
        for (var attempt = 1; ; attempt++)
        {
            TimeSpan? asked = null;
            try
            {
                var deadline = time.GetUtcNow().UtcDateTime + retry.AttemptTimeout;
                var answer = await call(new CallOptions(deadline: deadline, cancellationToken: cancellation));
                if (isFinal(answer) || !HasTimeFor(retry.PauseAfter(attempt, asked, random: 1), began))
                {
                    return answer;
                }
                pending = answer;
            }
            catch (RpcException) when (cancellation.IsCancellationRequested)
            {
                throw new OperationCanceledException(cancellation);
            }
            catch (RpcException failed)
            {
                var error = BankException.Of(failed, requestId, isOutcomeUnknown);
                if (!error.IsTransient || !HasTimeFor(retry.PauseAfter(attempt, error.RetryAfter, random: 1), began))
                {
                    // What was answered before still holds, whatever but a decision is answered now.
                    return error.IsDecision || pending is null ? throw error : pending;
                }
                isOutcomeUnknown = error.IsOutcomeUnknown;
                asked = error.RetryAfter;
            }
            await Task.Delay(retry.PauseAfter(attempt, asked, Random.Shared.NextDouble()), time, cancellation);
        }
    }

    private bool HasTimeFor(TimeSpan pause, long began) => time.GetElapsedTime(began) + pause < retry.Timeout;
}
