using BankAccounts.Bench.Calls;
using BankAccounts.Bench.Measuring;
using Grpc.Core;

namespace BankAccounts.Bench.Workloads;

/// <summary>A call for each command: deposits and withdrawals of one minor unit, in turn, over random accounts.</summary>
public sealed class UnaryCommands(Connections connections, Witness witness)
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    /// <summary>So many calls under way, each caller asking again when it is answered.</summary>
    public Task<Sample> RunAsync(int inFlight, TimeSpan duration) =>
        ClosedLoop.RunAsync(inFlight, duration, caller => CallAsync(caller, RandomAccount()));

    /// <summary>The same on one account.</summary>
    public Task<Sample> RunOnOneAsync(int inFlight, TimeSpan duration) =>
        ClosedLoop.RunAsync(inFlight, duration, caller => CallAsync(caller, 0));

    /// <summary>So many calls a second, whatever the bank does.</summary>
    public Task<Sample> RunOpenAsync(double perSecond, TimeSpan duration) =>
        OpenLoop.RunAsync(new SystemPacer(), perSecond, duration, number => CallAsync(number, RandomAccount()));

    /// <summary>One call.</summary>
    public Task CallOnceAsync() => CallAsync(0, RandomAccount());

    private int RandomAccount() => Random.Shared.Next(witness.Population.Count);

    private async Task CallAsync(int caller, int account)
    {
        var kind = (Random.Shared.Next() & 1) == 0 ? CommandKind.Deposit : CommandKind.Withdraw;
        var method = kind == CommandKind.Deposit ? BankCalls.Deposit : BankCalls.Withdraw;
        try
        {
            var response = await connections[caller].AsyncUnaryCall(
                method, null, new CallOptions(deadline: DateTime.UtcNow + Deadline),
                Requests.Unary(witness.Population.IdOf(account)));
            witness.Answered(kind, account, other: 0, AnswerReader.ReadResponse(response));
        }
        catch (RpcException error) when (error.StatusCode is StatusCode.FailedPrecondition
            or StatusCode.ResourceExhausted or StatusCode.NotFound or StatusCode.InvalidArgument)
        {
            witness.Failed(error.Status.ToString());
        }
        catch (RpcException error)
        {
            witness.Unknown(kind, account, other: 0, error.Status.ToString());
        }
    }
}
