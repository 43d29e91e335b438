#pragma warning disable CA1716, SA1402 // The parts of generated classes belong together.
using BankAccounts.Client;
using Google.Protobuf.Collections;

namespace BankAccounts.Client
{
    /// <summary>A command: a retry with its request id gets the first decision.</summary>
    public interface ICommandRequest
    {
        /// <summary>Makes a retry safe.</summary>
        string RequestId { get; set; }
    }

    /// <summary>The answer to a command.</summary>
    public interface IDecided
    {
        /// <summary>The decision.</summary>
        V1.Decision Decision { get; }
    }

    /// <summary>A read that can wait for what its caller knows already.</summary>
    public interface IReadRequest
    {
        /// <summary>The positions that the answer must reflect.</summary>
        RepeatedField<V1.Position> MinPosition { get; }
    }
}

namespace BankAccounts.V1
{
    public sealed partial class CreateAccountRequest : ICommandRequest;

    public sealed partial class DepositRequest : ICommandRequest;

    public sealed partial class WithdrawRequest : ICommandRequest;

    public sealed partial class TransferRequest : ICommandRequest;

    public sealed partial class CloseAccountRequest : ICommandRequest;

    public sealed partial class CreateAccountResponse : IDecided;

    public sealed partial class DepositResponse : IDecided;

    public sealed partial class WithdrawResponse : IDecided;

    public sealed partial class TransferResponse : IDecided;

    public sealed partial class CloseAccountResponse : IDecided;

    public sealed partial class GetAccountRequest : IReadRequest;

    public sealed partial class GetTransferRequest : IReadRequest;

    public sealed partial class ListAccountsRequest : IReadRequest;

    public sealed partial class ListHistoryRequest : IReadRequest;

    public sealed partial class GetStatementRequest : IReadRequest;

    public sealed partial class WatchAccountRequest : IReadRequest;

    public sealed partial class GetDecisionRequest : IReadRequest;
}
