using BankAccounts.Fuzz;
using BankAccounts.ServiceDefaults.Grpc;
using Google.Protobuf.WellKnownTypes;
using Google.Rpc;
using Grpc.Core;
using Status = Google.Rpc.Status;

namespace BankAccounts.Chaos.Tests;

/// <summary>The fuzzer takes no answer that callers are not promised.</summary>
public sealed class VerdictTests
{
    private static readonly WireCall Call = new(BankService.Command, "/", []);

    private readonly Verdicts verdicts = new();

    [Fact]
    public void A_documented_refusal_and_a_good_answer_are_clear()
    {
        Assert.Null(verdicts.ProblemOf(Call, new WireAnswer(200, StatusCode.OK, "", null, [])));
        Assert.Null(ProblemOf(StatusCode.NotFound, BankErrors.StatusOf(Reasons.AccountNotFound)));
    }

    [Fact]
    public void No_answer_and_faults_of_the_server_are_problems()
    {
        Assert.NotNull(verdicts.ProblemOf(Call, null));
        Assert.NotNull(verdicts.ProblemOf(Call, WireAnswer.Reset("gone")));
        Assert.NotNull(verdicts.ProblemOf(Call, new WireAnswer(500, null, "", null, [])));
        Assert.NotNull(ProblemOf(StatusCode.Internal, null));
        Assert.NotNull(ProblemOf(StatusCode.Unknown, null));
        Assert.NotNull(ProblemOf(StatusCode.InvalidArgument, null));
    }

    [Fact]
    public void A_status_that_is_not_that_of_its_reason_is_a_problem() =>
        Assert.NotNull(ProblemOf(StatusCode.Internal, BankErrors.StatusOf(Reasons.AccountNotFound)));

    [Fact]
    public void An_undocumented_reason_is_a_problem()
    {
        var status = new Status
        {
            Code = (int)StatusCode.NotFound,
            Details = { Any.Pack(new ErrorInfo { Domain = BankErrors.Domain, Reason = "NEVER_HEARD_OF" }) },
        };

        Assert.NotNull(ProblemOf(StatusCode.NotFound, status));
    }

    [Fact]
    public void A_bare_deadline_counts_only_when_it_has_passed()
    {
        var bare = new WireAnswer(200, StatusCode.DeadlineExceeded, "", null, []);

        Assert.NotNull(verdicts.ProblemOf(Call, bare with { Elapsed = Call.Timeout / 2 }));
        Assert.Null(verdicts.ProblemOf(Call, bare with { Elapsed = Call.Timeout }));
    }

    private string? ProblemOf(StatusCode code, Status? details) =>
        verdicts.ProblemOf(Call, new WireAnswer(200, code, "", details, []));
}
