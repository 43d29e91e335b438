using BankAccounts.Log.V1;
using BankAccounts.ProjectionService.Ledger;
using BankAccounts.Store.V1;
using BankAccounts.Tests.Logs;
using static BankAccounts.Tests.Logs.Records;

namespace BankAccounts.Ledger.Tests;

/// <summary>
/// Requests and processes are forgotten when older than 24 hours of stream time and not among the
/// latest 100,000: through the real numbers.
/// </summary>
public sealed class ForgettingTests
{
    private const int Latest = 100_000;
    private const long DayMs = 24 * 60 * 60 * 1000L;

    [Fact]
    public void Neither_many_requests_alone_nor_a_long_time_alone_make_one_forgotten()
    {
        var many = LedgerSpec.Given(Create(Alice));
        Ask(many, Latest + 10);
        Assert.Equal(Latest + 10, many.Ledger.RequestOrder.Count);
        many.When(Deposit(Alice, 1).As("request 0")).ThenDecided(Reason.Unspecified, 1, 2, offset: 1);

        var old = LedgerSpec.Given(Create(Alice), Deposit(Alice, 1).As("request 0"));
        PassTime(old, DayMs + 1_000);
        old.When(Deposit(Alice, 1).As("request 0")).ThenDecided(Reason.Unspecified, 1, 2, offset: 1);
    }

    [Fact]
    public void The_oldest_go_when_they_are_older_than_a_day_and_beyond_the_latest()
    {
        var spec = LedgerSpec.Given(Create(Alice));
        Ask(spec, Latest + 10);
        var rememberedAtMs = spec.Ledger.RequestOrder.Oldest.RememberedAtMs;
        PassTime(spec, rememberedAtMs + DayMs - spec.Ledger.Head.StreamTimeMs);
        Assert.Equal(Latest + 10, spec.Ledger.RequestOrder.Count);
        Assert.Equal(rememberedAtMs + DayMs, spec.Ledger.Head.StreamTimeMs);

        // A millisecond more, and the next record forgets the first: what is forgotten is looked at before a record.
        spec.When(Deposit(Bob, 1).At(spec.Ledger.Head.StreamTimeMs + 1));
        Assert.Equal(Latest + 10, spec.Ledger.RequestOrder.Count);
        spec.When(Deposit(Bob, 1).At(1));
        Assert.Equal(Latest + 9, spec.Ledger.RequestOrder.Count);
        Assert.Equal(1, spec.Last.ForgottenRequests);
        Assert.Null(Assert.Single(spec.Last.Requests).Value);
        Assert.Equal("request 0", Assert.Single(spec.Last.Requests).Key.Id.ToStringUtf8());

        var balance = spec.Ledger.Accounts[Alice]!.Balance;
        spec.When(Deposit(Alice, 1).As("request 1").At(1)).ThenDecided(Reason.Unspecified, 2, 3, offset: 2);
        spec.When(Deposit(Alice, 1).As("request 0").At(1)).ThenAccepted(balance + 1, balance + 2);
    }

    [Fact]
    public void At_most_four_are_forgotten_before_a_record_and_100_000_stay_however_old()
    {
        var spec = LedgerSpec.Given(Create(Alice));
        Ask(spec, Latest + 10);
        PassTime(spec, DayMs + 200_000);
        Assert.Equal(Latest, spec.Ledger.RequestOrder.Count);

        Ask(spec, 6, "new");
        spec.When(Deposit(Alice, 1));
        Assert.Equal(Latest, spec.Ledger.RequestOrder.Count);
        var balance = spec.Ledger.Accounts[Alice]!.Balance;
        spec.When(Deposit(Alice, 1).As("request 16")).ThenDecided(Reason.Unspecified, 17, 18, offset: 17);
        Assert.Equal(balance, spec.Ledger.Accounts[Alice]!.Balance);
        spec.When(Deposit(Alice, 1).As("request 15")).ThenAccepted(balance + 1, balance + 2);
    }

    [Fact]
    public void Four_at_once_and_no_more()
    {
        var spec = LedgerSpec.Given(Create(Alice));
        Ask(spec, Latest + 10, atMs: StartMs);
        PassTime(spec, DayMs);
        spec.When(Deposit(Bob, 1).At(StartMs + DayMs + 1));
        List<int> forgotten = [];
        for (var i = 0; i < 4; i++)
        {
            forgotten.Add(spec.When(Deposit(Bob, 1).At(1)).Last.ForgottenRequests);
        }
        Assert.Equal([4, 4, 2, 0], forgotten);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Transfers_that_are_settled_together_make_as_many_forgotten_as_one_by_one(bool together)
    {
        var spec = LedgerSpec.Given(
            Create(Alice), Deposit(Alice, 9), Transfer(Alice, TransferSpec.Zoe, 1).As("a"),
            Transfer(Alice, TransferSpec.Zoe, 1).As("b"), Transfer(Alice, TransferSpec.Zoe, 1).As("c"));
        Ask(spec, Latest + 20, atMs: StartMs);
        PassTime(spec, DayMs);
        spec.When(Deposit(Bob, 1).At(StartMs + DayMs + 100));

        var settle = Enumerable.Range(1, together ? 1 : 3).Select(first => spec.Ledger.SettleManyOf(
            TransferSpec.OtherPartition, first, new Reason[together ? 3 : 1])).ToList();
        var forgotten = settle.ConvertAll(record => spec.When(record.At(1)).Last.ForgottenRequests);

        Assert.Equal(together ? [12] : [4, 4, 4], forgotten);
        Assert.Equal(Latest + 20 - 12 + 3, spec.Ledger.RequestOrder.Count);
        Assert.Equal("request 12", spec.Ledger.RequestOrder.Oldest.Key.Id.ToStringUtf8());
    }

    [Fact]
    public void Void_records_forget_as_well_since_it_is_looked_at_before_each_record()
    {
        var spec = LedgerSpec.Given(Create(Alice));
        Ask(spec, Latest + 1, atMs: StartMs);
        PassTime(spec, DayMs);
        spec.When(Deposit(Bob, 1).At(StartMs + DayMs + 1));
        spec.When(null, null);
        Assert.Equal(1, spec.Last.ForgottenRequests);
        Assert.Equal(Latest, spec.Ledger.RequestOrder.Count);
    }

    /// <summary>The windows of so many processes are not in memory, as they would not be in a projector's.</summary>
    [Fact]
    public void A_process_is_forgotten_like_a_request_and_then_seen_anew()
    {
        var seen = Enumerable.Range(1, Latest + 1).Select(
            number => (number == 1 ? StartMs : StartMs + 1, new Guid(Producer(number), bigEndian: true)));
        var ledger = new PartitionLedger(
            Partition,
            PartitionHead.Start() with { StreamTimeMs = StartMs + DayMs },
            new RequestOrder(0, 0),
            new ProducerOrder(seen),
            isComplete: true);
        var first = new ProducerWindow();
        first.MarkSeen(1, 0, StartMs);
        ledger.Producers.Set(new Guid(Producer(1), bigEndian: true), first, batch: 0);
        var log = new LogWriter(producer: 1_000_000);

        Changes Apply(LogRecord command)
        {
            var changes = new Changes();
            ledger.Apply(ledger.Read(log.AppendOne(command)), changes);
            return changes;
        }

        Assert.Single(Apply(Create(Alice).By(1, 1)).Voids);
        Assert.DoesNotContain(Apply(Create(Alice).At(StartMs + DayMs + 1)).Producers, change => change.Value is null);
        var forgotten = Apply(Deposit(Alice, 1)).Producers.Single(change => change.Value is null);
        Assert.Equal(new Guid(Producer(1), bigEndian: true), forgotten.Key);
        Assert.True(Apply(Deposit(Alice, 1).By(1, 1)).Answers.Single().Decision!.Value.IsAccepted);
    }

    private static void Ask(LedgerSpec spec, int count, string name = "request", long atMs = 0)
    {
        for (var i = 0; i < count; i++)
        {
            spec.When(Deposit(Alice, 1).As($"{name} {i}").At(atMs));
        }
    }

    /// <summary>Stream time goes on by at most 10 seconds a record, so a day takes thousands.</summary>
    private static void PassTime(LedgerSpec spec, long ms)
    {
        var untilMs = spec.Ledger.Head.StreamTimeMs + ms;
        while (spec.Ledger.Head.StreamTimeMs < untilMs)
        {
            spec.When(Tick(untilMs));
        }
    }

    private static LogRecord Tick(long atMs) => Deposit(Bob, 1).At(atMs);
}
