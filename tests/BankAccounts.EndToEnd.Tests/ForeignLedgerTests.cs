using BankAccounts.Tests.Foreign;
using BankAccounts.Tests.Servers;
using BankAccounts.V1;

namespace BankAccounts.EndToEnd.Tests;

/// <summary>What an operator asks with a client that this project did not write: every method, good and bad.</summary>
[Collection(SharedBank.Name)]
public sealed class ForeignLedgerTests(BankFixture fixture)
{
    private const string Service = "bankaccounts.v1.LedgerService/";

    private readonly string address = fixture.Bank.AddressOf("projection-service");

    [Fact]
    public async Task Every_method_answers_a_foreign_client()
    {
        var account = await fixture.Bank.OpenAccountAsync(balance: 5);
        Assert.True(AccountId.TryParse(account, out var id));
        await Eventually.BecomesTrue(
            async () => (await fixture.Bank.Ledger.GetStatusAsync(new GetStatusRequest(), deadline: Bank.In(20)))
                .Partitions[id.Partition].State == PartitionState.Folding,
            "the account's partition is folded up to its end");

        var outcomes = await ForeignCalls.MakeAsync(
            address,
            Call("GetStatus", new { }),
            Call("ListChannels", new { }),
            Call("ListVoids", new { partition = id.Partition, page_size = 1_000_000 }),
            Call("Verify", Partitions(id.Partition)),
            Call("Rebuild", Partitions(id.Partition)));

        Assert.All(outcomes, outcome => Assert.Equal("OK", outcome.Code));
        var status = outcomes[0].Answer.GetProperty("partitions");
        Assert.Equal(Bank.Partitions, status.GetArrayLength());
        Assert.Equal("PARTITION_STATE_FOLDING", status[id.Partition].GetProperty("state").GetString());
        Assert.True(outcomes[3].Answers[^1].GetProperty("verdict").GetProperty("equal").GetBoolean());
        Assert.True(outcomes[4].Answers[^1].GetProperty("done").GetBoolean());
    }

    [Fact]
    public async Task Every_malformed_field_and_every_refusal_reaches_a_foreign_client()
    {
        (string Reason, string[] Fields, ForeignCall Call)[] table =
        [
            ("INVALID_ARGUMENT", ["partitions"], Call("Verify", Partitions(-1))),
            ("INVALID_ARGUMENT", ["partitions"], Call("Verify", Partitions(1, 1))),
            ("INVALID_ARGUMENT", ["partitions"], Call("Rebuild", Partitions(12))),
            ("INVALID_ARGUMENT", ["partition"], Call("ListVoids", new { partition = 12 })),
            ("INVALID_ARGUMENT", ["page_size"], Call("ListVoids", new { page_size = -1 })),
            ("INVALID_ARGUMENT", ["page_token"], Call("ListVoids", new { partition = 1, page_token = "0-5" })),
            ("INVALID_ARGUMENT", ["source_partition", "description"], Call("ReleaseChannel", new { source_partition = 65_536 })),
            ("INVALID_ARGUMENT", ["destination_partition"], Release(destination: -1)),
            ("INVALID_ARGUMENT", ["halted_by_offset"], Release(haltedBy: -1)),
            ("INVALID_ARGUMENT", ["next_sequence"], Release(next: -1)),
            ("CHANNEL_NOT_HALTED", [], Release()),
        ];

        var outcomes = await ForeignCalls.MakeAsync(address, [.. table.Select(row => row.Call)]);

        foreach (var (row, outcome) in table.Zip(outcomes))
        {
            Assert.Equal((row.Reason, row.Call.Method), (outcome.Error?.Info.Reason, row.Call.Method));
            Assert.Equal(row.Fields, outcome.Error!.Fields);
        }
    }

    private static object Partitions(params int[] partitions) => new { partitions };

    private static ForeignCall Call(string method, object request) => new(Service + method, request);

    private static ForeignCall Release(int destination = 0, long haltedBy = 1_000_000_000, long next = 0) =>
        Call("ReleaseChannel", new
        {
            destination_partition = destination,
            halted_by_offset = haltedBy,
            next_sequence = next,
            description = "A test.",
        });
}
