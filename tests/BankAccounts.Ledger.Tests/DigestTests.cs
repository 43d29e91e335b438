using System.Text;
using BankAccounts.Log.V1;
using BankAccounts.ProjectionService.Ledger;
using BankAccounts.Store.V1;
using BankAccounts.Tests.Logs;

namespace BankAccounts.Ledger.Tests;

/// <summary>The two chains, against values that an independent program computed.</summary>
public sealed class DigestTests
{
    private static readonly LogRecord Command = Records.Create(Records.Alice).As("r");

    public static TheoryData<long, string?, string?, string> Entries() => new()
    {
        { 0, null, null, "295f0550700c823bbc7be8fbc5234afecfbeb2e137befd113f85178237ab57ab" },
        { 0, "", null, "3e92d550c16ed7009f3fd8594e0e33d5b97cf725e368d079acf3e35fed07e1fc" },
        { 0, null, "", "37df195f1c351c0690f4370805c40565fa528cc0354f0bc9b0f83866bf862677" },
        { 0, "", "", "17b0761f87b081d5cf10757ccc89f12be355c70e2e29df288b65b30710dcbcd1" },
        { 7, "key", "value", "6e180196d8b908fb0d52a20ac756b6a817359bfe347b25a7b6a8896751b70854" },
        { 7, "key", new string('v', 2000), "a85a2fc71302d4083ae582dd6a396f60b4a2bc7604521c0ad6abe93b6e44b45d" },
    };

    [Theory]
    [MemberData(nameof(Entries))]
    public void A_record_is_chained_with_its_offset_key_and_value_and_null_is_not_empty(
        long offset, string? key, string? value, string expected)
    {
        var entry = new LogEntry(
            offset,
            key is null ? null : Encoding.ASCII.GetBytes(key),
            value is null ? null : Encoding.ASCII.GetBytes(value));
        Assert.Equal(expected, Hex(Digests.AddRecord(Digests.Empty(), entry)));
    }

    [Fact]
    public void Decisions_and_voids_are_chained_with_what_they_say()
    {
        var none = Digests.Empty();
        Assert.Equal(
            "4269f54cc24cea26c8bab1a922a8dfece91f40451f6defa176508a6486005742",
            Hex(Digests.AddDecision(none, 5, new Decision(Reason.Unspecified, 70, 3, 5))));
        Assert.Equal(
            "409e5f3dc13f382bd4abfd4b66db869d0267945f778e0a3c4cca2248c9218dde",
            Hex(Digests.AddDecision(none, 6, new Decision(Reason.InsufficientFunds, 70, 3, 5))));
        Assert.Equal(
            "cdd604d6b39895ebb5cc70e06a4ec394df0f61522f39d17533feff14fc8db334",
            Hex(Digests.AddVoid(none, 9, VoidReason.Redelivery, 4)));
        Assert.Equal(
            "91887fa04fc5b983e23b871a49c869d3b541c30a66d252f2b75aab3dfb288742",
            Hex(Digests.AddVoid(none, 9, VoidReason.BadFrame, -1)));
    }

    [Fact]
    public void The_ledger_chains_every_record_and_what_became_of_it()
    {
        var key = Encoding.ASCII.GetBytes("00031122-3344-8566-9788-99aabbccddee");
        var spec = new LedgerSpec()
            .When(key, GoldenFrames.Create)
            .When(key, GoldenFrames.Deposit)
            .When(key, GoldenFrames.Withdraw)
            .When(null, Encoding.ASCII.GetBytes("garbage"))
            .When(key, GoldenFrames.Deposit);

        Assert.Equal(
            "1499a79511bc033f40ef2025fbeb1f7c335d98c69938a01e282f0d03da5a6034", Hex(spec.Ledger.Head.LogDigest));
        Assert.Equal(
            "91043e344136f04074a2e9326e46cb349301470b5a34b31c5dcc53717943a1fb", Hex(spec.Ledger.Head.DecisionDigest));
        Assert.Equal(5, spec.Ledger.Head.Position);
        Assert.Equal((2, 1, 0, 2, 1), (
            spec.Ledger.Head.Accepted, spec.Ledger.Head.Rejected, spec.Ledger.Head.Repeated,
            spec.Ledger.Head.Voids, spec.Ledger.Head.Accounts));
    }

    [Fact]
    public void A_repeated_request_is_chained_with_the_offset_of_the_first_decision()
    {
        var spec = LedgerSpec.Given(Command);
        var before = spec.Ledger.Head.DecisionDigest;
        spec.When(Command);

        Assert.Equal(
            Hex(Digests.AddDecision(before, 1, new Decision(Reason.Unspecified, 0, 1, 0))),
            Hex(spec.Ledger.Head.DecisionDigest));
    }

    [Fact]
    public void A_digest_begins_with_32_zero_bytes()
    {
        Assert.Equal(new byte[32], PartitionHead.Start().LogDigest);
        Assert.Equal(new byte[32], PartitionHead.Start().DecisionDigest);
    }

    private static string Hex(byte[] bytes) => Convert.ToHexStringLower(bytes);
}
