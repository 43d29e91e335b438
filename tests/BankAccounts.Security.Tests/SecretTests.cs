using System.Globalization;
using BankAccounts.ServiceDefaults.Tests;
using Grpc.Core;

namespace BankAccounts.Security.Tests;

/// <summary>What nobody may read in a log or a trace.</summary>
[Collection(OneSecureBank.Name)]
public sealed class SecretTests(SecureBank bank)
{
    [Fact]
    public async Task What_a_request_says_and_the_password_of_Redis_stay_out_of_logs_and_traces()
    {
        using var commands = bank.Channel("CommandService", "teller");
        var client = new V1.CommandService.CommandServiceClient(commands);
        var account = await client.CreateAccountAsync(new() { HolderName = "marker-holder", RequestId = "marker-request" });
        await client.DepositAsync(new() { AccountId = account.AccountId, Amount = 123_454_321, Description = "marker-description" });
        await Assert.ThrowsAsync<RpcException>(async () => await client.WithdrawAsync(
            new() { AccountId = account.AccountId, Amount = 923_454_321, Description = "marker-description" }));
        await Assert.ThrowsAsync<RpcException>(async () => await client.CreateAccountAsync(new() { HolderName = "marker-\n" }));
        await Assert.ThrowsAsync<RpcException>(async () => await client.DepositAsync(new() { AccountId = "marker-id" }));

        await Eventually.BecomesTrue(
            () => Task.FromResult(bank.Collector.Received("traces").Contains("CommandService/Withdraw", StringComparison.Ordinal)
                && bank.Collector.Received("logs").Length > 0),
            "the collector has heard of it");
        // The account's number is all that stands in it: so what is looked for below would be found.
        Assert.Contains(account.AccountId, bank.Collector.Received("traces"), StringComparison.Ordinal);
        AssertNoSecret(bank.Output, bank.Collector);
    }

    [Fact]
    public async Task A_service_that_finds_nobody_complains_without_its_passwords()
    {
        await using var collector = await Collector.Start();
        var (grpc, health) = (FreePorts.Take(), FreePorts.Take());
        await using var service = LocalProcess.StartService("CommandService",
        [
            ("Kestrel:Endpoints:http:Url", string.Create(CultureInfo.InvariantCulture, $"http://localhost:{grpc}")),
            ("Kestrel:Endpoints:health:Url", string.Create(CultureInfo.InvariantCulture, $"http://localhost:{health}")),
            ("ConnectionStrings:redis", "localhost:1,password=marker-redis,ssl=true,connectTimeout=300"),
            ("ConnectionStrings:kafka", "localhost:1"),
            ("Aspire:Confluent:Kafka:Producer:Config:SecurityProtocol", "SaslPlaintext"),
            ("Aspire:Confluent:Kafka:Producer:Config:SaslMechanism", "Plain"),
            ("Aspire:Confluent:Kafka:Producer:Config:SaslUsername", "somebody"),
            ("Aspire:Confluent:Kafka:Producer:Config:SaslPassword", "marker-sasl"),
            ("Aspire:Confluent:Kafka:Producer:Config:SslKeyPassword", "marker-key"),
            ("OTEL_EXPORTER_OTLP_HEADERS", "x-otlp-api-key=marker-otlp"),
            ("Logging:LogLevel:Default", "Debug"),
            ("Logging:LogLevel:Microsoft.AspNetCore", "Debug"),
            ("Logging:LogLevel:Microsoft.Extensions.Diagnostics.HealthChecks", "Debug"),
            .. SecureBank.Telling(collector.Address),
        ]);
        await service.SaysAsync("Kafka is not ready");
        using var probe = bank.Http(null);
        using var answer = await probe.GetAsync(
            new Uri(string.Create(CultureInfo.InvariantCulture, $"http://localhost:{health}/health")));
        Assert.False(answer.IsSuccessStatusCode);
        await service.SaysAsync("StackExchange.Redis");
        using var channel = global::Grpc.Net.Client.GrpcChannel.ForAddress(
            string.Create(CultureInfo.InvariantCulture, $"http://localhost:{grpc}"));
        var client = new V1.CommandService.CommandServiceClient(channel);
        var refused = await Assert.ThrowsAsync<RpcException>(async () => await client.CreateAccountAsync(
            new() { HolderName = "marker-holder" }, deadline: DateTime.UtcNow.AddSeconds(10)));

        await Eventually.BecomesTrue(
            () => Task.FromResult(collector.Received("traces").Contains("CreateAccount", StringComparison.Ordinal)
                && collector.Received("logs").Contains("Kafka is not ready", StringComparison.Ordinal)),
            "the collector has heard of it");
        Assert.DoesNotContain("marker-", refused.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("marker-", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        AssertNoSecret(service.Output, collector);
    }

    private static void AssertNoSecret(string output, Collector collector)
    {
        Assert.NotEmpty(output);
        foreach (var told in new[] { output, collector.Received("traces"), collector.Received("logs"), collector.Received("metrics") })
        {
            Assert.DoesNotContain("marker-", told, StringComparison.Ordinal);
            Assert.DoesNotContain("123454321", told, StringComparison.Ordinal);
        }
    }
}
