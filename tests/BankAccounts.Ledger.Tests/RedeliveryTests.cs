using BankAccounts.ProjectionService.Ledger;
using BankAccounts.Store.V1;
using BankAccounts.Tests.Logs;
using static BankAccounts.Tests.Logs.Records;

namespace BankAccounts.Ledger.Tests;

/// <summary>Rule 3: the log may hold a record twice, and a later one may overtake.</summary>
public sealed class RedeliveryTests
{
    [Fact]
    public void A_record_that_stands_twice_in_the_log_counts_once_and_names_its_first_place()
    {
        var spec = LedgerSpec.Given(Create(Alice), Deposit(Alice, 5).To("me"), Deposit(Alice, 6));

        spec.WhenAgain(spec.Log.Entries[1]).ThenVoid(VoidReason.Redelivery, firstOffset: 1);

        Assert.Equal("me", Assert.Single(spec.Last.Answers).To.ReplyTo.ToStringUtf8());
        Assert.Empty(spec.Last.Producers);
        Assert.Equal(11, spec.Ledger.Accounts[Alice]!.Balance);
        Assert.Equal(1, spec.Ledger.Head.Voids);
        Assert.Equal(3, spec.Ledger.Head.Accepted);
    }

    [Fact]
    public void A_redelivery_is_told_by_its_number_whatever_it_says()
    {
        LedgerSpec.Given(Create(Alice).By(1, 1))
            .When(Deposit(Alice, 6).By(1, 1)).ThenVoid(VoidReason.Redelivery, firstOffset: 0)
            .When(Deposit(Alice, 6).By(2, 1)).ThenAccepted(balance: 6, version: 2);
    }

    [Fact]
    public void A_refused_record_that_comes_again_is_a_redelivery_even_where_it_would_be_accepted_now()
    {
        var spec = LedgerSpec.Given(Create(Alice), Withdraw(Alice, 5), Deposit(Alice, 10));
        spec.WhenAgain(spec.Log.Entries[1]).ThenVoid(VoidReason.Redelivery, firstOffset: 1);
    }

    [Fact]
    public void A_redelivery_does_not_move_stream_time()
    {
        var spec = LedgerSpec.Given(Create(Alice).By(1, 1).At(StartMs));
        spec.When(Deposit(Alice, 6).By(1, 1).At(StartMs + 9_000)).ThenVoid(VoidReason.Redelivery, firstOffset: 0);
        Assert.Equal(StartMs, spec.Ledger.Head.StreamTimeMs);
    }

    [Fact]
    public void A_late_first_arrival_inside_the_window_is_decided_like_any_other()
    {
        LedgerSpec.Given(Create(Alice).By(1, 1))
            .When(Deposit(Alice, 1).By(1, 1025)).ThenAccepted(balance: 1, version: 2)
            .When(Deposit(Alice, 2).By(1, 2)).ThenAccepted(balance: 3, version: 3)
            .When(Deposit(Alice, 2).By(1, 2)).ThenVoid(VoidReason.Redelivery, firstOffset: 2)
            .When(Deposit(Alice, 4).By(1, 1024)).ThenAccepted(balance: 7, version: 4)
            .When(Deposit(Alice, 8).By(1, 1025)).ThenVoid(VoidReason.Redelivery, firstOffset: 1);
    }

    [Fact]
    public void At_the_highest_less_1024_and_below_nothing_can_be_told_and_all_of_it_is_a_redelivery()
    {
        LedgerSpec.Given(Create(Alice).By(1, 3))
            .When(Deposit(Alice, 1).By(1, 1027)).ThenAccepted(balance: 1, version: 2)
            .When(Deposit(Alice, 1).By(1, 3)).ThenVoid(VoidReason.Redelivery)
            .When(Deposit(Alice, 1).By(1, 2)).ThenVoid(VoidReason.Redelivery)
            .When(Deposit(Alice, 1).By(1, 4)).ThenAccepted(balance: 2, version: 3);
    }

    [Fact]
    public void Sequences_up_to_the_largest_are_told_apart()
    {
        LedgerSpec.Given(Create(Alice).By(1, long.MaxValue))
            .When(Deposit(Alice, 1).By(1, long.MaxValue)).ThenVoid(VoidReason.Redelivery, firstOffset: 0)
            .When(Deposit(Alice, 1).By(1, long.MaxValue - 1)).ThenAccepted(balance: 1, version: 2)
            .When(Deposit(Alice, 1).By(1, 1)).ThenVoid(VoidReason.Redelivery);
    }

    [Fact]
    public void A_window_of_one_process_says_nothing_of_another()
    {
        LedgerSpec.Given(Create(Alice).By(1, 5_000))
            .When(Deposit(Alice, 1).By(2, 1)).ThenAccepted(balance: 1, version: 2)
            .When(Deposit(Alice, 1).By(2, 2)).ThenAccepted(balance: 2, version: 3);
    }

    /// <summary>
    /// The window against the plainest model: every sequence ever seen, in a dictionary. Jumps are
    /// smaller, as large and larger than the window, so that slots wrap around with gaps between.
    /// </summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void The_window_agrees_with_a_plain_memory_of_everything_seen(int seed)
    {
        var random = new Random(seed);
        var window = new ProducerWindow();
        var seen = new Dictionary<long, long>();
        long highest = 0;
        for (var offset = 0; offset < 20_000; offset++)
        {
            var sequence = random.Next(20) switch
            {
                0 => highest + random.Next(1, 3_000),
                < 8 => highest + random.Next(1, 4),
                _ => Math.Max(1, highest - random.Next(0, 1_100)),
            };
            var tooOld = sequence <= highest - 1024;
            var expected = tooOld || seen.ContainsKey(sequence);
            var expectedFirst = tooOld ? -1 : seen.GetValueOrDefault(sequence, -1);

            Assert.Equal(expected, window.IsRedelivery(sequence, out var first));
            Assert.Equal(expectedFirst, first);
            if (!expected)
            {
                window.MarkSeen(sequence, offset, offset);
                seen.Add(sequence, offset);
                highest = Math.Max(highest, sequence);
            }
        }
        Assert.Equal(
            seen.Where(pair => pair.Key > highest - 1024).OrderByDescending(pair => pair.Key)
                .Select(pair => (pair.Key, pair.Value)),
            ProducerWindowTests.SeenBy(window));
    }
}
