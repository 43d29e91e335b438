using BankAccounts.V1;
using Grpc.Core;

namespace BankAccounts.CommandService.Grpc;

/// <summary>The gRPC face of the service: read the request, execute the command, shape the answer.</summary>
public sealed class CommandGrpcService(CommandReader reader, UnaryCalls calls, ExecuteCalls streams)
    : V1.CommandService.CommandServiceBase
{
    /// <inheritdoc/>
    public override async Task<CreateAccountResponse> CreateAccount(
        CreateAccountRequest request, ServerCallContext context) =>
        CommandAnswers.Created(await calls.ExecuteAsync(reader.Read(request, out var command), command, context));

    /// <inheritdoc/>
    public override async Task<DepositResponse> Deposit(
        DepositRequest request, ServerCallContext context) =>
        CommandAnswers.Deposited(await calls.ExecuteAsync(reader.Read(request, out var command), command, context));

    /// <inheritdoc/>
    public override async Task<WithdrawResponse> Withdraw(
        WithdrawRequest request, ServerCallContext context) =>
        CommandAnswers.Withdrawn(await calls.ExecuteAsync(reader.Read(request, out var command), command, context));

    /// <inheritdoc/>
    public override async Task<TransferResponse> Transfer(
        TransferRequest request, ServerCallContext context) =>
        CommandAnswers.Transferred(await calls.ExecuteAsync(reader.Read(request, out var command), command, context));

    /// <inheritdoc/>
    public override async Task<CloseAccountResponse> CloseAccount(
        CloseAccountRequest request, ServerCallContext context) =>
        CommandAnswers.Closed(await calls.ExecuteAsync(reader.Read(request, out var command), command, context));

    /// <inheritdoc/>
    public override Task Execute(
        IAsyncStreamReader<ExecuteRequest> requestStream,
        IServerStreamWriter<ExecuteResponse> responseStream,
        ServerCallContext context) =>
        streams.RunAsync(requestStream, responseStream, context);
}
