using System.Globalization;
using BankAccounts.ServiceDefaults.Redis;
using BankAccounts.V1;
using Grpc.Core;
using static BankAccounts.Tests.Logs.Records;

namespace BankAccounts.Query.Tests;

/// <summary>Statements over a life or a period.</summary>
public sealed class StatementTests(QueryHost host) : QueryTest(host)
{
    [Theory]
    [InlineData(null, null)]
    [InlineData(1, 1)]
    [InlineData(300, 900)]
    [InlineData(256, 257)]
    [InlineData(700, null)]
    [InlineData(null, 257)]
    [InlineData(5_000, null)]
    public async Task Opening_balance_lines_and_closing_balance_fit(int? start, int? end)
    {
        await GivenLongHistoryAsync(Alice, 1_300);
        var (header, lines, footer) = await StatementAsync(new()
        {
            StartTime = start is { } from ? TimeOf(from) : null,
            EndTime = end is { } before ? TimeOf(before) : null,
        });

        var (first, last) = (Math.Min(start ?? 1, 1_301), Math.Min(end ?? 1_301, 1_301) - 1);
        Assert.Equal(BalanceAfter(first - 1), header.OpeningBalance);
        Assert.Equal(BalanceAfter(last), footer.ClosingBalance);
        Assert.Equal(
            Enumerable.Range(1, 1_300).Where(number => number >= first && number <= last && (number - 1) % 4 != 0 | number == 1),
            lines.Select(line => (int)line.Number));
        var balance = header.OpeningBalance;
        foreach (var line in lines)
        {
            balance += line.Change;
            Assert.Equal(balance, line.Balance);
        }
        Assert.Equal(lines.Count, footer.LineCount);
        Assert.Equal(lines.Sum(line => line.Change).ToString(CultureInfo.InvariantCulture), footer.TotalIn);
        Assert.Equal("0", footer.TotalOut);
        Assert.Equal((Alice.ToString(), "Alice", "USD"), (header.AccountId, header.HolderName, header.CurrencyCode));
        Assert.Equal(At(Partition, 1_299), header.Position);
    }

    [Fact]
    public async Task Periods_that_follow_one_another_partition_a_life_exactly()
    {
        await GivenLongHistoryAsync(Alice, 1_000);
        var numbers = new List<long>();
        long balance = 0;
        for (var start = 1; start <= 1_000; start += 77)
        {
            var (header, lines, footer) = await StatementAsync(new() { StartTime = TimeOf(start), EndTime = TimeOf(start + 77) });
            Assert.Equal(balance, header.OpeningBalance);
            balance = footer.ClosingBalance;
            numbers.AddRange(lines.Select(line => line.Number));
        }
        Assert.Equal((await StatementAsync(new())).Lines.Select(line => line.Number), numbers);
        Assert.Equal(BalanceAfter(1_000), balance);
    }

    [Fact]
    public async Task A_statement_shows_what_moved_money_or_state_and_nothing_else()
    {
        var (carol, missing) = (Id(52, 4), Id(53, 4));
        Log.Append(Create(Alice)).Append(Create(carol)).Append(Deposit(Alice, 100)).Append(Withdraw(Alice, 500))
            .Append(Transfer(Alice, carol, 30)).Append(Transfer(Alice, missing, 20))
            .Credit(3, 4, 1).Settle(4).Credit(3, 4, 2).Settle(4)
            .Append(Withdraw(Alice, 70)).Append(Close(Alice)).Append(Deposit(Alice, 1));
        await Host.FoldAsync(Log);

        var (_, lines, footer) = await StatementAsync(new());
        Assert.Equal(
            [
                (EntryKind.Create, 0, 0), (EntryKind.Deposit, 100, 100), (EntryKind.TransferOut, -30, 70),
                (EntryKind.TransferOut, -20, 50), (EntryKind.TransferRefunded, 20, 70), (EntryKind.Withdraw, -70, 0),
                (EntryKind.Close, 0, 0),
            ],
            lines.Select(line => (line.Kind, line.Change, line.Balance)));
        Assert.Equal((0, "120", "120", 7), (footer.ClosingBalance, footer.TotalIn, footer.TotalOut, footer.LineCount));
    }

    [Fact]
    public async Task A_statement_stays_at_its_position_however_slowly_it_is_read_and_others_are_turned_away()
    {
        await GivenLongHistoryAsync(Alice, 6_000);
        var request = new GetStatementRequest { AccountId = Alice.ToString() };
        using var slow = Queries.GetStatement(request, deadline: QueryHost.In(60));
        using var other = Queries.GetStatement(request, deadline: QueryHost.In(60));
        Assert.True(await slow.ResponseStream.MoveNext(default));
        Assert.True(await other.ResponseStream.MoveNext(default));
        await GivenAsync(Deposit(Alice, 1));

        Refused(await RefusalOfAsync(Queries.GetStatement(request)), StatusCode.ResourceExhausted, "TOO_MANY_STATEMENTS");
        var lines = await RestAsync(slow);
        Assert.Equal(6_000, lines[^1].Number);
        await RestAsync(other);
        Assert.Equal(6_001, (await StatementAsync(new())).Lines[^1].Number);
    }

    [Fact]
    public async Task A_statement_goes_on_while_the_partition_is_rebuilt()
    {
        await GivenLongHistoryAsync(Alice, 6_000);
        using var slow = Queries.GetStatement(new() { AccountId = Alice.ToString() }, deadline: QueryHost.In(60));
        Assert.True(await slow.ResponseStream.MoveNext(default));
        await Host.RebuildAsync(Log, Partition);
        // An owner that begins again says where the log ends by now.
        await Host.Database.HashSetAsync(RedisKeys.Root(Partition), "catch_up", 1_000_000);

        var lines = await RestAsync(slow);
        Assert.Equal((6_000, BalanceAfter(6_000)), (lines[^1].Number, lines[^1].Balance));
    }

    [Fact]
    public async Task Times_in_the_wrong_order_are_malformed()
    {
        var call = Queries.GetStatement(new() { AccountId = Alice.ToString(), StartTime = TimeOf(2), EndTime = TimeOf(1) });
        Malformed(await RefusalOfAsync(call), "end_time");
    }

    private async Task<(StatementHeader Header, List<StatementLine> Lines, StatementFooter Footer)> StatementAsync(
        GetStatementRequest request)
    {
        request.AccountId = Alice.ToString();
        using var call = Queries.GetStatement(request, deadline: QueryHost.In(60));
        var parts = new List<GetStatementResponse>();
        await foreach (var part in call.ResponseStream.ReadAllAsync())
        {
            parts.Add(part);
        }
        Assert.All(parts.Skip(1).SkipLast(1), part => Assert.InRange(part.Lines.Lines.Count, 1, 256));
        return (parts[0].Header, [.. parts.Skip(1).SkipLast(1).SelectMany(part => part.Lines.Lines)], parts[^1].Footer);
    }

    private static async Task<List<StatementLine>> RestAsync(AsyncServerStreamingCall<GetStatementResponse> call)
    {
        var lines = new List<StatementLine>();
        StatementFooter? footer = null;
        await foreach (var part in call.ResponseStream.ReadAllAsync())
        {
            lines.AddRange(part.Lines?.Lines ?? []);
            footer = part.Footer;
        }
        Assert.NotNull(footer);
        return lines;
    }
}
