using BankAccounts.V1;
using Grpc.Core;

namespace BankAccounts.CommandService.Grpc;

/// <summary>The gRPC face of the service: read the request, execute the command, shape the answer.</summary>
public sealed class CommandGrpcService(CommandReader reader, CommandExecutor executor)
    : V1.CommandService.CommandServiceBase
{
    /// <inheritdoc/>
    public override async Task<CreateAccountResponse> CreateAccount(
        CreateAccountRequest request, ServerCallContext context)
    {
        var command = reader.Read(request);
        return new CreateAccountResponse
        {
            Decision = await executor.ExecuteAsync(command, context),
            AccountId = command.Account.ToString(),
        };
    }

    /// <inheritdoc/>
    public override async Task<DepositResponse> Deposit(
        DepositRequest request, ServerCallContext context) =>
        new() { Decision = await executor.ExecuteAsync(reader.Read(request), context) };

    /// <inheritdoc/>
    public override async Task<WithdrawResponse> Withdraw(
        WithdrawRequest request, ServerCallContext context) =>
        new() { Decision = await executor.ExecuteAsync(reader.Read(request), context) };

    /// <inheritdoc/>
    public override async Task<TransferResponse> Transfer(
        TransferRequest request, ServerCallContext context)
    {
        var decision = await executor.ExecuteAsync(reader.Read(request), context);
        return new TransferResponse
        {
            Decision = decision,
            TransferId = new TransferId(decision.Position.Partition, decision.Position.Offset).ToString(),
        };
    }

    /// <inheritdoc/>
    public override async Task<CloseAccountResponse> CloseAccount(
        CloseAccountRequest request, ServerCallContext context) =>
        new() { Decision = await executor.ExecuteAsync(reader.Read(request), context) };
}
