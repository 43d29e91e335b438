using Aspire.Hosting.Testing;
using BankAccounts.Fuzz;
using BankAccounts.V1;
using Xunit.Abstractions;

namespace BankAccounts.EndToEnd.Tests;

/// <summary>The short form of <c>./bank fuzz</c>, always the same cases.</summary>
[Collection(SharedBank.Name)]
public sealed class FuzzTests(BankFixture fixture, ITestOutputHelper output) : IDisposable
{
    private const int Seed = 1;
    private const int Cases = 1_500;
    private const int LeastKindsOfPoison = 1_000;

    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("bank-fuzz-");

    [Fact]
    public async Task Hostile_calls_are_answered_clearly_and_disturb_nobody()
    {
        await using var bank = await FuzzTarget.OfAsync(fixture.Bank.App, Bank.Partitions);

        var found = await new GrpcFuzz(bank, Seed, output.WriteLine).RunAsync(from: 0, Cases);

        Assert.True(found.Count == 0, string.Join('\n', found.First));
    }

    [Fact]
    public async Task A_thousand_kinds_of_poison_are_void_and_change_nothing()
    {
        await using var bank = await FuzzTarget.OfAsync(fixture.Bank.App, Bank.Partitions);

        var fuzz = new LogFuzz(bank, Seed, folder.FullName, output.WriteLine);

        var (kinds, found) = await fuzz.RunAsync(poisons: true);

        Assert.True(found.Count == 0, string.Join('\n', found.First));
        Assert.True(kinds >= LeastKindsOfPoison, $"There were {kinds} kinds.");

        // One that is not what it has to be is found.
        var noted = Path.Combine(folder.FullName, "poison.jsonl");
        var lines = await File.ReadAllLinesAsync(noted);
        var place = Array.FindIndex(lines, line => line.Contains("BAD_FRAME", StringComparison.Ordinal));
        lines[place] = lines[place].Replace("BAD_FRAME", "MALFORMED", StringComparison.Ordinal);
        await File.WriteAllLinesAsync(noted, lines);
        await fuzz.CompareAsync();
        Assert.Contains("has to be MALFORMED, and the model says BAD_FRAME", Assert.Single(found.First), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_balance_that_is_not_what_was_answered_is_found()
    {
        var bank = fixture.Bank;
        var account = (await bank.Commands.CreateAccountAsync(
            new CreateAccountRequest { HolderName = "Grace Hopper" }, deadline: Bank.In(30))).AccountId;
        var deposited = await bank.Commands.DepositAsync(
            new DepositRequest { AccountId = account, Amount = 5 }, deadline: Bank.In(30));
        var (books, found) = (new Books(), new Findings());

        books.Decided(new DepositRequest { AccountId = account, Amount = 6 }, deposited.Decision);
        await books.CheckAsync(bank.App.GetEndpoint("query-service", "http"), found);

        Assert.Contains($"account {account} has 5, and by the answers 6", Assert.Single(found.First), StringComparison.Ordinal);
    }

    public void Dispose() => folder.Delete(recursive: true);
}
