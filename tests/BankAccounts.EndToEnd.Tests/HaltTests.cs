using System.Text;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Testing;
using BankAccounts.Log.V1;
using BankAccounts.Tests.Servers;
using BankAccounts.V1;
using Google.Protobuf;

namespace BankAccounts.EndToEnd.Tests;

/// <summary>
/// What a bank does when its log is not what it was: the partition halts and says why, nothing in Redis is
/// reset, and the others go on. Once its state is given up, the same process folds it anew.
/// </summary>
public sealed class HaltTests(HaltTests.Fixture fixture) : IClassFixture<HaltTests.Fixture>
{
    private const int Newer = 0, Recreated = 1, Exchanged = 2, Healthy = 3;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    private readonly Bank bank = fixture.Bank;

    [Fact]
    public async Task At_a_record_of_a_newer_format_the_partition_halts_and_another_process_is_given_a_chance()
    {
        var account = fixture.Accounts[Newer];
        var offset = await ForeignKafka.AppendAsync(bank, Newer, Encoding.ASCII.GetBytes(account), OfANewerFormat(account));

        var first = await HaltedAsync(Newer, $"the record at offset {offset} is of a newer format");
        Assert.Equal(offset, first.Position);
        await Eventually.BecomesTrue(
            async () => !await bank.IsServingAsync("projection-service"),
            "the process that owns the partition says NOT_SERVING",
            Patience);
        // It leaves the group for a moment, so that a newer build could take the partition. Here it is the
        // other process, of the same build, which finds the same.
        PartitionStatus? second = null;
        await Eventually.BecomesTrue(
            async () => (second = await StatusAsync(Newer)).OwnerProcessId != first.OwnerProcessId
                && second.State == PartitionState.Halted,
            "another process has tried",
            Patience);
        Assert.Equal((first.HaltedReason, first.Position, first.LogDigest), (second!.HaltedReason, second.Position, second.LogDigest));
        await OthersGoOnAsync();
    }

    [Fact]
    public async Task When_the_log_is_recreated_or_exchanged_below_a_running_bank_it_halts_and_resets_nothing()
    {
        // The other log is the longer one: a look at its end would find nothing wrong.
        while ((await StatusAsync(Healthy)).EndOffset <= (await StatusAsync(Exchanged)).EndOffset)
        {
            await OthersGoOnAsync();
        }
        var before = await bank.StandingsAsync();
        await bank.StopAsync(bank.Brokers);
        Directory.Delete(LogFolder(Recreated), recursive: true);
        foreach (var file in Directory.GetFiles(LogFolder(Exchanged)))
        {
            File.Delete(file);
        }
        foreach (var file in Directory.GetFiles(LogFolder(Healthy), "*.log"))
        {
            File.Copy(file, Path.Combine(LogFolder(Exchanged), Path.GetFileName(file)));
        }
        await bank.StartAgainAsync(bank.Brokers);

        await HaltedAsync(Recreated, "but the log ends at 0");
        await HaltedAsync(Exchanged, "is not the one that was folded");
        await OthersGoOnAsync();
        var after = await bank.StandingsAsync();
        Assert.Equal(before[Recreated], after[Recreated]);
        Assert.Equal(before[Exchanged], after[Exchanged]);
        Assert.Equal(100, await fixture.StoredBalanceAsync(Recreated));
        Assert.Equal(100, await fixture.StoredBalanceAsync(Exchanged));

        // The runbook's last resort. The owner's client had found the log without the offset that came next.
        var owner = (await StatusAsync(Recreated)).OwnerProcessId;
        await bank.GiveUpAsync(Recreated);
        await Eventually.BecomesTrue(
            async () => (await StatusAsync(Recreated)).State == PartitionState.Folding, "the partition is folded anew", Patience);
        var refusal = await Refusal.OfAsync(bank.Commands.DepositAsync(
            new DepositRequest { AccountId = fixture.Accounts[Recreated], Amount = 1 }, deadline: Bank.In(60)));
        Assert.Equal("ACCOUNT_NOT_FOUND", refusal.Reason);
        Assert.Equal(owner, (await StatusAsync(Recreated)).OwnerProcessId);
        await OthersGoOnAsync();
    }

    /// <summary>The status of a partition once it is halted, for a reason with this in it.</summary>
    private async Task<PartitionStatus> HaltedAsync(int partition, string reason)
    {
        PartitionStatus? status = null;
        await Eventually.BecomesTrue(
            async () => (status = await StatusAsync(partition)).State == PartitionState.Halted
                && status.HaltedReason.Contains(reason, StringComparison.Ordinal),
            $"partition {partition} is halted, because {reason}; it is {status}",
            Patience);
        return status!;
    }

    private async Task<PartitionStatus> StatusAsync(int partition) =>
        (await bank.Ledger.GetStatusAsync(new GetStatusRequest(), deadline: Bank.In(30))).Partitions[partition];

    private async Task OthersGoOnAsync()
    {
        var deposited = await bank.Commands.DepositAsync(
            new DepositRequest { AccountId = fixture.Accounts[Healthy], Amount = 1 }, deadline: Bank.In(60));
        Assert.Equal(Outcome.Accepted, deposited.Decision.Outcome);
    }

    /// <summary>A good frame around a record with a field that this build does not know.</summary>
    private static byte[] OfANewerFormat(string account)
    {
        Assert.True(AccountId.TryParse(account, out var id));
        var known = new LogRecord
        {
            ProducerId = ByteString.CopyFrom(Guid.NewGuid().ToByteArray()),
            ProducerSequence = 1,
            RecordedAtMs = 1_700_000_000_000,
            Deposit = new DepositEvent { AccountId = ByteString.CopyFrom(id.ToByteArray()), Amount = 1 },
        };
        using var bytes = new MemoryStream();
        using (var output = new CodedOutputStream(bytes, leaveOpen: true))
        {
            known.WriteTo(output);
            output.WriteTag(15_000, WireFormat.WireType.Varint);
            output.WriteInt64(1);
        }
        return LogFrame.Encode(LogRecord.Parser.ParseFrom(bytes.ToArray()));
    }

    private string LogFolder(int partition) =>
        Directory.GetDirectories(fixture.Folder, $"bank-accounts-{partition}", SearchOption.AllDirectories).Single();

    /// <summary>A bank of four partitions and two projectors, which no other test uses: not all of it recovers.</summary>
    public sealed class Fixture : IAsyncLifetime
    {
        public string Folder { get; } = Bank.NewDataFolder();

        public Bank Bank { get; private set; } = null!;

        /// <summary>An account with 100 in it, for each partition.</summary>
        public Dictionary<int, string> Accounts { get; } = [];

        public async Task InitializeAsync()
        {
            // One broker: its files are the whole log.
            Bank = await Bank.StartAsync(
                Folder, LookOften, "--brokers=1", "--partitions=4", "--projectors=2", "--command-services=1");
            while (Accounts.Count < 4)
            {
                var account = await Bank.OpenAccountAsync(balance: 100);
                Assert.True(AccountId.TryParse(account, out var id));
                Accounts.TryAdd(id.Partition, account);
            }
        }

        public async Task DisposeAsync()
        {
            await Bank.DisposeAsync();
            Directory.Delete(Folder, recursive: true);
        }

        private static void LookOften(IDistributedApplicationTestingBuilder builder) =>
            builder.CreateResourceBuilder((ProjectResource)builder.Resources.Single(one => one.Name == "projection-service"))
                .WithEnvironment("Projection__HaltLookInterval", "00:00:01");

        /// <summary>The balance that Redis holds, asked of nobody else.</summary>
        public async Task<long> StoredBalanceAsync(int partition)
        {
            Assert.True(AccountId.TryParse(Accounts[partition], out var id));
            return await Bank.StoredBalanceAsync(id);
        }
    }
}
