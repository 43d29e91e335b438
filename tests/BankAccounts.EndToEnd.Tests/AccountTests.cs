using System.Text;
using BankAccounts.V1;
using Grpc.Core;

namespace BankAccounts.EndToEnd.Tests;

[Collection(SharedBank.Name)]
public sealed class AccountTests(BankFixture fixture)
{
    private readonly Bank bank = fixture.Bank;

    [Fact]
    public async Task An_account_is_opened_paid_into_and_drawn_on_and_shows_it()
    {
        var created = await bank.Commands.CreateAccountAsync(
            new CreateAccountRequest { HolderName = "Ada Lovelace", CurrencyCode = "GBP" });
        Assert.Equal(Outcome.Accepted, created.Decision.Outcome);
        Assert.Equal((0, 1), (created.Decision.Balance, created.Decision.Version));

        var deposited = await bank.Commands.DepositAsync(new DepositRequest
        {
            AccountId = created.AccountId,
            Amount = 10_000,
            CurrencyCode = "GBP",
            Description = "wages",
        });
        Assert.Equal((10_000, 2), (deposited.Decision.Balance, deposited.Decision.Version));

        var withdrawn = await bank.Commands.WithdrawAsync(
            new WithdrawRequest { AccountId = created.AccountId, Amount = 2_500 });
        Assert.Equal((7_500, 3), (withdrawn.Decision.Balance, withdrawn.Decision.Version));

        var request = new GetAccountRequest
        {
            AccountId = created.AccountId,
            MinPosition = { withdrawn.Decision.Position },
        };
        var answer = await bank.Queries.GetAccountAsync(request);
        Assert.Equal("Ada Lovelace", answer.Account.HolderName);
        Assert.Equal("GBP", answer.Account.CurrencyCode);
        Assert.Equal(7_500, answer.Account.Balance);
        Assert.Equal(3, answer.Account.Version);
        Assert.Equal(AccountState.Open, answer.Account.State);
        Assert.InRange(
            answer.Account.CreateTime.ToDateTime(), DateTime.UtcNow.AddMinutes(-5), DateTime.UtcNow.AddMinutes(1));
        Assert.Equal(withdrawn.Decision.Position.Partition, answer.Position.Partition);
        Assert.True(answer.Position.Offset >= withdrawn.Decision.Position.Offset);
    }

    [Fact]
    public async Task What_the_ledger_refuses_is_told_with_reason_balance_and_position_and_changes_nothing()
    {
        var account = await bank.OpenAccountAsync(balance: 100);

        var overdraft = await Refusal.OfAsync(bank.Commands.WithdrawAsync(
            new WithdrawRequest { AccountId = account, Amount = 101 }));
        Assert.Equal(
            (StatusCode.FailedPrecondition, "INSUFFICIENT_FUNDS"), (overdraft.Code, overdraft.Reason));
        Assert.Equal("100", overdraft.Info.Metadata["balance"]);
        Assert.True(long.Parse(overdraft.Info.Metadata["offset"], null) > 0);

        var currency = await Refusal.OfAsync(bank.Commands.DepositAsync(
            new DepositRequest { AccountId = account, Amount = 1, CurrencyCode = "EUR" }));
        Assert.Equal(
            (StatusCode.FailedPrecondition, "CURRENCY_MISMATCH"), (currency.Code, currency.Reason));

        Assert.Equal((100, 2), await BalanceAndVersionAsync(account));
    }

    [Fact]
    public async Task An_unknown_account_is_not_found_by_commands_and_by_queries()
    {
        var unknown = AccountId.NewRandom(partitionCount: 12).ToString();
        // The form is right, but the bank has no partition of that number.
        var noPartition = "ffff" + unknown[4..];

        foreach (var id in new[] { unknown, noPartition })
        {
            var deposit = await Refusal.OfAsync(bank.Commands.DepositAsync(
                new DepositRequest { AccountId = id, Amount = 1 }));
            Assert.Equal((StatusCode.NotFound, "ACCOUNT_NOT_FOUND"), (deposit.Code, deposit.Reason));
            var query = await Refusal.OfAsync(bank.Queries.GetAccountAsync(
                new GetAccountRequest { AccountId = id }));
            Assert.Equal((StatusCode.NotFound, "ACCOUNT_NOT_FOUND"), (query.Code, query.Reason));
        }
    }

    [Fact]
    public async Task The_same_request_id_is_the_same_request()
    {
        var first = await bank.Commands.CreateAccountAsync(
            new CreateAccountRequest { HolderName = "Ada", RequestId = "open-1" });
        var again = await bank.NewCommands().CreateAccountAsync(
            new CreateAccountRequest { HolderName = "Ada", RequestId = "open-1" });
        Assert.Equal(first, again);

        var deposit = new DepositRequest { AccountId = first.AccountId, Amount = 70, RequestId = "pay-1" };
        var paid = await bank.Commands.DepositAsync(deposit);
        var paidAgain = await bank.NewCommands().DepositAsync(deposit);
        Assert.Equal(paid, paidAgain);

        var other = new DepositRequest { AccountId = first.AccountId, Amount = 71, RequestId = "pay-1" };
        var reused = await Refusal.OfAsync(bank.Commands.DepositAsync(other));
        Assert.Equal((StatusCode.FailedPrecondition, "REQUEST_ID_REUSED"), (reused.Code, reused.Reason));

        // A refusal is remembered too, even when the money would be there by now.
        var draw = new WithdrawRequest { AccountId = first.AccountId, Amount = 100, RequestId = "draw-1" };
        Assert.Equal("INSUFFICIENT_FUNDS", (await Refusal.OfAsync(bank.Commands.WithdrawAsync(draw))).Reason);
        await bank.Commands.DepositAsync(new DepositRequest { AccountId = first.AccountId, Amount = 500 });
        Assert.Equal("INSUFFICIENT_FUNDS", (await Refusal.OfAsync(bank.Commands.WithdrawAsync(draw))).Reason);

        Assert.Equal((570, 3), await BalanceAndVersionAsync(first.AccountId));
    }

    public static TheoryData<string, string, string> BadText => new()
    {
        { "empty", "", "holder_name" },
        { "201 characters", new string('x', 201), "holder_name" },
        { "201 astral characters", Repeat("\U0001F4B0", 201), "holder_name" },
        { "a NUL", "A\0B", "holder_name" },
        { "a line feed", "A\nB", "holder_name" },
        { "a C1 control character", "A\u0085B", "holder_name" },
        { "the replacement character", "A\uFFFDB", "holder_name" },
    };

    [Theory]
    [MemberData(nameof(BadText))]
    public async Task A_bad_holder_name_is_refused_by_name_and_nothing_is_appended(
        string what, string name, string field)
    {
        Assert.NotEmpty(what);
        var before = await EndOfLogAsync();
        var refusal = await Refusal.OfAsync(bank.Commands.CreateAccountAsync(
            new CreateAccountRequest { HolderName = name }));
        Assert.Equal(StatusCode.InvalidArgument, refusal.Code);
        Assert.Equal([field], refusal.Fields);
        Assert.Equal(before, await EndOfLogAsync());
    }

    [Fact]
    public async Task Every_bad_field_of_a_command_is_named_and_nothing_is_appended()
    {
        var account = await bank.OpenAccountAsync(balance: 5);
        var before = await EndOfLogAsync();

        foreach (var amount in new[] { 0, -1, long.MinValue, long.MaxValue, Bounds.MaxAmount + 1 })
        {
            await RefusesAsync(new() { AccountId = account, Amount = amount }, "amount");
        }
        foreach (var id in new[] { "", "x", Guid.NewGuid().ToString(), account + "0", account.Replace("-", "") })
        {
            await RefusesAsync(new() { AccountId = id, Amount = 1 }, "account_id");
        }
        await RefusesAsync(new() { AccountId = account, Amount = 1, CurrencyCode = "usd" }, "currency_code");
        await RefusesAsync(new() { AccountId = account, Amount = 1, Description = "\u0001" }, "description");
        await RefusesAsync(new() { AccountId = account, Amount = 1, RequestId = new('r', 101) }, "request_id");
        await RefusesAsync(new() { AccountId = "", Amount = 0 }, "account_id", "amount");

        Assert.Equal(before, await EndOfLogAsync());
        Assert.Equal((5, 2), await BalanceAndVersionAsync(account));

        async Task RefusesAsync(WithdrawRequest request, params string[] fields)
        {
            var refusal = await Refusal.OfAsync(bank.Commands.WithdrawAsync(request));
            Assert.Equal(StatusCode.InvalidArgument, refusal.Code);
            Assert.Equal(fields, refusal.Fields);
        }
    }

    [Fact]
    public async Task Two_hundred_scalars_of_any_script_are_a_name_and_come_back_byte_for_byte()
    {
        var name = Repeat("\U0001F4B0", 100) + Repeat("e\u0301", 50);
        var created = await bank.Commands.CreateAccountAsync(new CreateAccountRequest { HolderName = name });
        var account = await bank.GetAccountAsync(created.AccountId, created.Decision.Position);
        Assert.Equal(Encoding.UTF8.GetBytes(name), Encoding.UTF8.GetBytes(account.HolderName));
    }

    [Fact]
    public async Task A_read_waits_for_its_position_only_as_long_as_its_deadline()
    {
        var account = await bank.OpenAccountAsync(balance: 0);
        var partition = Partition(account);
        var farAhead = new Position { Partition = partition, Offset = 1_000_000_000 };
        var refusal = await Refusal.OfAsync(bank.Queries.GetAccountAsync(
            new GetAccountRequest { AccountId = account, MinPosition = { farAhead } },
            deadline: Bank.In(3)));
        Assert.Equal(
            (StatusCode.DeadlineExceeded, "POSITION_NOT_REACHED"), (refusal.Code, refusal.Reason));
    }

    private static string Repeat(string text, int times) => string.Concat(Enumerable.Repeat(text, times));

    private static int Partition(string accountId) =>
        AccountId.TryParse(accountId, out var id) ? id.Partition : throw new FormatException(accountId);

    private async Task<(long, long)> BalanceAndVersionAsync(string accountId)
    {
        var account = await bank.GetAccountAsync(accountId);
        return (account.Balance, account.Version);
    }

    /// <summary>What all processes together have appended; those that others forged may have begun near 2⁶³.</summary>
    private async Task<Int128> EndOfLogAsync()
    {
        Int128 total = 0;
        for (var partition = 0; partition < Bank.Partitions; partition++)
        {
            total = (await bank.AppendedByProcessAsync(partition)).Values.Aggregate(total, (sum, appended) => sum + appended);
        }
        return total;
    }
}
