using System.Net;
using BankAccounts.Client;
using BankAccounts.ServiceDefaults.Security;
using BankAccounts.Tests.Foreign;
using Grpc.Core;

namespace BankAccounts.Security.Tests;

/// <summary>Who may call what, as callers learn it that this project did not write.</summary>
[Collection(OneSecureBank.Name)]
public sealed class CallerTests(SecureBank bank)
{
    /// <summary>Who calls, with the role that he has, or why he is refused whatever he calls.</summary>
    private static readonly (string? Name, string Role, string? Refusal)[] Callers =
    [
        ("reader", Roles.Reader, null),
        ("teller", Roles.Teller, null),
        ("operator", Roles.Operator, null),
        ("known", "", null),
        ("foreign", "", "UNAUTHENTICATED CERTIFICATE_REFUSED"),
        ("expired", "", "UNAUTHENTICATED CERTIFICATE_REFUSED"),
        ("server", "", "UNAUTHENTICATED CERTIFICATE_REFUSED"),
        (null, "", "UNAUTHENTICATED CERTIFICATE_REQUIRED"),
    ];

    [Theory]
    [InlineData("CommandService", "CommandService")]
    [InlineData("QueryService", "QueryService")]
    [InlineData("ProjectionService", "LedgerService")]
    public async Task Every_method_takes_those_with_its_role_and_tells_the_others_why_not(string project, string service)
    {
        var methods = CallRules.All
            .Where(rule => rule.Key.StartsWith($"/bankaccounts.v1.{service}/", StringComparison.Ordinal)).ToList();
        var expected = methods.SelectMany(method => Callers.Select(caller => (
            method.Key,
            Caller: caller.Name,
            Verdict: caller.Refusal
                ?? (method.Value.Contains(caller.Role) ? "may" : "PERMISSION_DENIED ROLE_REQUIRED")))).ToList();

        var outcomes = await ForeignCalls.MakeSecurelyAsync(
            bank.Addresses[project],
            bank.CallersFile,
            [.. expected.Select(call => new ForeignCall(
                call.Key[1..],
                Requests: call.Key.EndsWith("/Execute", StringComparison.Ordinal) ? [] : null,
                As: call.Caller))]);

        Assert.Equal([], expected.Zip(outcomes)
            .Where(pair => Verdict(pair.Second) != pair.First.Verdict)
            .Select(pair => $"{pair.First.Caller} {pair.First.Key}: {Verdict(pair.Second)}"));
    }

    [Fact]
    public async Task A_teller_moves_money_and_a_reader_sees_it()
    {
        var commands = bank.Addresses["CommandService"];
        var opened = Assert.Single(await ForeignCalls.MakeSecurelyAsync(commands, bank.CallersFile, new ForeignCall(
            "bankaccounts.v1.CommandService/CreateAccount", new { holder_name = "Ada" }, As: "teller")));
        Assert.Equal("OK", opened.Code);
        var account = opened.Answer.GetProperty("account_id").GetString();
        var paid = Assert.Single(await ForeignCalls.MakeSecurelyAsync(commands, bank.CallersFile, new ForeignCall(
            "bankaccounts.v1.CommandService/Deposit", new { account_id = account, amount = "70" }, As: "teller")));
        Assert.Equal("70", paid.Answer.GetProperty("decision").GetProperty("balance").GetString());
        var position = paid.Answer.GetProperty("decision").GetProperty("position");

        var seen = Assert.Single(await ForeignCalls.MakeSecurelyAsync(
            bank.Addresses["QueryService"],
            bank.CallersFile,
            new ForeignCall(
                "bankaccounts.v1.QueryService/GetAccount",
                new { account_id = account, min_position = new[] { position } },
                As: "reader")));

        Assert.Equal("70", seen.Answer.GetProperty("account").GetProperty("balance").GetString());
    }

    [Fact]
    public async Task The_client_package_works_with_a_certificate_and_says_who_is_refused()
    {
        using var commands = bank.Channel("CommandService", "teller");
        using var queries = bank.Channel("QueryService", "teller");
        var client = new BankClient(commands.CreateCallInvoker(), queries.CreateCallInvoker());
        var account = await client.CreateAccountAsync(new() { HolderName = "Grace" });
        Assert.Equal(V1.Outcome.Accepted, account.Decision.Outcome);

        using var asReader = bank.Channel("CommandService", "reader");
        var reader = new BankClient(asReader.CreateCallInvoker(), asReader.CreateCallInvoker());
        var refusal = await Assert.ThrowsAsync<BankException>(
            () => reader.DepositAsync(new() { AccountId = account.AccountId, Amount = 1 }));
        Assert.Equal("ROLE_REQUIRED", refusal.Reason);
        Assert.False(refusal.IsOutcomeUnknown);
    }

    [Fact]
    public async Task Health_is_for_everybody_and_reflection_for_those_who_have_a_role()
    {
        foreach (var (project, health) in bank.Health)
        {
            using var probe = bank.Http(null);
            Assert.Equal(HttpStatusCode.OK, (await probe.GetAsync(health)).StatusCode);
            Assert.Equal(HttpStatusCode.Unauthorized, (await probe.GetAsync(new Uri(health, "/elsewhere"))).StatusCode);
            Assert.Equal(StatusCode.OK, await CallAsync(project, null, "/grpc.health.v1.Health/Check"));
            const string reflection = "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo";
            Assert.Equal(StatusCode.Unauthenticated, await CallAsync(project, null, reflection));
            Assert.Equal(StatusCode.Unauthenticated, await CallAsync(project, "foreign", reflection));
            Assert.Equal(StatusCode.OK, await CallAsync(project, "operator", reflection));
            Assert.Equal(StatusCode.PermissionDenied, await CallAsync(project, "operator", "/bankaccounts.v1.Secret/Open"));
        }
    }

    /// <summary>A call with an empty message, or stream.</summary>
    private async Task<StatusCode> CallAsync(string project, string? caller, string path)
    {
        using var channel = bank.Channel(project, caller);
        var bytes = Marshallers.Create(message => message, message => message);
        var parts = path.Split('/');
        var method = new Method<byte[], byte[]>(MethodType.DuplexStreaming, parts[1], parts[2], bytes, bytes);
        using var call = channel.CreateCallInvoker().AsyncDuplexStreamingCall(
            method, null, new CallOptions(deadline: DateTime.UtcNow.AddSeconds(20)));
        try
        {
            if (parts[1] == "grpc.health.v1.Health")
            {
                await call.RequestStream.WriteAsync([]);
            }
            await call.RequestStream.CompleteAsync();
            while (await call.ResponseStream.MoveNext(default))
            {
            }
            return call.GetStatus().StatusCode;
        }
        catch (RpcException refused)
        {
            return refused.StatusCode;
        }
    }

    /// <summary>Whether a call was let in, if only to be told that its empty request is malformed; otherwise how it ended.</summary>
    private static string Verdict(ForeignOutcome outcome) => outcome.Code is "OK" or "INVALID_ARGUMENT" or "NOT_FOUND"
        ? "may"
        : $"{outcome.Code} {outcome.Error?.Info.Reason}";
}
