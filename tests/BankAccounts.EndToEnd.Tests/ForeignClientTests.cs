namespace BankAccounts.EndToEnd.Tests;

[Collection(SharedBank.Name)]
public sealed class ForeignClientTests(BankFixture fixture)
{
    private readonly string commands = fixture.Bank.AddressOf("command-service");
    private readonly string queries = fixture.Bank.AddressOf("query-service");

    [Fact]
    public async Task A_foreign_client_finds_the_services_by_reflection_and_uses_them()
    {
        var services = await ForeignClient.CallAsync(commands, "list");
        Assert.Contains("bankaccounts.v1.CommandService", services.EnumerateArray().Select(name => name.GetString()));
        Assert.Contains("grpc.health.v1.Health", services.EnumerateArray().Select(name => name.GetString()));

        var created = await ForeignClient.CallAsync(
            commands, "bankaccounts.v1.CommandService/CreateAccount", """{"holder_name": "Ada Lovelace"}""");
        var account = created.GetProperty("account_id").GetString();
        await ForeignClient.CallAsync(
            commands, "bankaccounts.v1.CommandService/Deposit",
            $$"""{"account_id": "{{account}}", "amount": "500"}""");
        var withdrawn = await ForeignClient.CallAsync(
            commands, "bankaccounts.v1.CommandService/Withdraw",
            $$"""{"account_id": "{{account}}", "amount": "120"}""");
        var position = withdrawn.GetProperty("decision").GetProperty("position").GetRawText();
        var answer = await ForeignClient.CallOldReflectionAsync(
            queries, "bankaccounts.v1.QueryService/GetAccount",
            $$"""{"account_id": "{{account}}", "min_position": [{{position}}]}""");

        Assert.Equal("380", answer.GetProperty("account").GetProperty("balance").GetString());
        Assert.Equal("Ada Lovelace", answer.GetProperty("account").GetProperty("holder_name").GetString());
    }

    [Fact]
    public async Task A_foreign_client_is_told_what_is_wrong()
    {
        var malformed = await ForeignClient.FailAsync(
            commands, "bankaccounts.v1.CommandService/Deposit", """{"account_id": "x", "amount": "-1"}""");
        Assert.Equal("INVALID_ARGUMENT", malformed.GetProperty("code").GetString());
        Assert.Single(malformed.GetProperty("status_details").EnumerateArray());
        Assert.Contains("account_id", malformed.GetProperty("details").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_service_tells_its_health()
    {
        foreach (var address in new[] { commands, queries, fixture.Bank.AddressOf("projection-service") })
        {
            var health = await ForeignClient.CallAsync(address, "grpc.health.v1.Health/Check");
            Assert.Equal("SERVING", health.GetProperty("status").GetString());
        }
    }
}
