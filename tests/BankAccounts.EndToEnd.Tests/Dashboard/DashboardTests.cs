using System.Diagnostics;
using System.Text.RegularExpressions;
using BankAccounts.Tests.Files;
using BankAccounts.Tests.Servers;
using BankAccounts.V1;
using Grpc.Core;
using Grpc.Net.Client;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace BankAccounts.EndToEnd.Tests.Dashboard;

/// <summary>What a person sees and does at the dashboard that <c>./bank up</c> prints the address of.</summary>
public sealed partial class DashboardTests
{
    /// <summary>Names a file, from the root of the repository, that gets a picture of a transfer's trace.</summary>
    private const string PictureVariable = "BANK_DASHBOARD_PICTURE";

    private static readonly TimeSpan StartTime = TimeSpan.FromMinutes(3);
    private static readonly TimeSpan EndTime = TimeSpan.FromSeconds(40);

    /// <summary>One bank for all of it, since its start takes longest.</summary>
    [DashboardFact]
    public async Task An_operator_sees_the_bank_acts_on_it_and_ends_it_with_the_page_open()
    {
        using var host = new AppHostProcess(
            "--DcpPublisher:RandomizePorts=true", "--announce=true", "--environment=Development",
            "--partitions=2", "--command-services=1", "--projectors=2", "--load-seconds=2");
        var printed = string.Join('\n', await host.ReadUntilAsync("The bank is open.", StartTime));
        var address = LoginAddress().Match(printed).Value;
        await using (var dashboard = await DashboardPage.OpenAsync(address))
        {
            await Resources_are_listed_with_their_health(dashboard);
            await Nobody_else_gets_in(dashboard, new Uri(address));
            await Demo_data_is_added_once(dashboard);
            await The_trace_of_a_transfer_is_its_picture(dashboard, CommandAddress().Match(printed).Groups["url"].Value);
            await The_ledger_is_verified_and_a_partition_rebuilt(dashboard);
            await A_load_is_reported_and_plotted(dashboard);
            await A_console_is_followed(dashboard);
            await A_replica_is_stopped_and_started(dashboard);
            Assert.Empty(dashboard.Errors);

            await host.SignalAsync("INT");
            var (exitCode, errors) = await host.EndAsync(EndTime);
            Assert.Equal((0, string.Empty), (exitCode, errors));
            Assert.Empty(host.Others());
        }
    }

    private static async Task Resources_are_listed_with_their_health(DashboardPage dashboard)
    {
        // A cluster of Redis is a resource beside its nodes.
        var (redis, brokers) = Bank.IsOnClusters ? (4, 3) : (1, 1);
        foreach (var (resource, replicas) in new[]
            { ("command-service", 1), ("projection-service", 2), ("query-service", 1), ("redis", redis), ("kafka-broker", brokers) })
        {
            var rows = dashboard.RowsOf(resource);
            await Expect(rows).ToHaveCountAsync(replicas);
            for (var replica = 0; replica < replicas; replica++)
            {
                await DashboardPage.BecomesAsync(rows.Nth(replica), "Running, healthy");
            }
        }
        var names = dashboard.Page.Locator("table.resources tbody th");
        var ascending = await names.AllInnerTextsAsync();
        Assert.Equal(ascending.Order(StringComparer.Ordinal), ascending);
        await dashboard.Page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Resource", Exact = true }).ClickAsync();
        await Expect(names.First).ToHaveTextAsync(ascending[^1]);
    }

    private static async Task Nobody_else_gets_in(DashboardPage dashboard, Uri address)
    {
        var api = $"{address.GetLeftPart(UriPartial.Authority)}/api/";
        Assert.Equal(401, await dashboard.StatusForStrangersAsync($"{api}resources"));

        // The browser sends the cookie along: for cookies another port is the same site.
        var replica = await dashboard.RowsOf("command-service").GetAttributeAsync("data-resource");
        var foreign = await dashboard.OpenForeignAsync("http://localhost:9/kittens");
        var refused = await foreign.RunAndWaitForResponseAsync(
            () => foreign.EvaluateAsync(
                """
                ([address, resource]) => {
                  const field = document.createElement("input");
                  field.name = `{"resource": "${resource}", "command": "stop", "more": "`;
                  field.value = `"}`;
                  const form = document.createElement("form");
                  Object.assign(form, { method: "POST", action: address, enctype: "text/plain" });
                  form.append(field);
                  document.body.append(form);
                  form.submit();
                }
                """,
                new[] { $"{api}commands", replica }),
            $"{api}commands");
        Assert.Contains("aspire-dashboard", await refused.Request.HeaderValueAsync("cookie"), StringComparison.Ordinal);
        Assert.Equal(403, refused.Status);
        // It stays open: Chromium now and then never answers who closes a page that is on its way to another.
        await DashboardPage.BecomesAsync(dashboard.RowsOf("command-service"), "Running, healthy");
    }

    private static async Task Demo_data_is_added_once(DashboardPage dashboard)
    {
        var first = await dashboard.RunAsync("command-service", "Add demo data");
        Assert.Contains("Opened 6 accounts", first, StringComparison.Ordinal);
        Assert.Matches(@"Ada Lovelace +2394\.99 USD", first);
        var second = await dashboard.RunAsync("command-service", "Add demo data");
        Assert.Contains("nothing was added", second, StringComparison.Ordinal);
        Assert.Matches(@"Ada Lovelace +2394\.99 USD", second);
    }

    private static async Task The_trace_of_a_transfer_is_its_picture(DashboardPage dashboard, string commandService)
    {
        using var channel = GrpcChannel.ForAddress(commandService);
        var bank = new CommandService.CommandServiceClient(channel);
        var (from, to) = await InTwoPartitionsAsync(bank);
        var caller = new ActivityContext(
            ActivityTraceId.CreateRandom(), ActivitySpanId.CreateRandom(), ActivityTraceFlags.Recorded);
        await bank.TransferAsync(
            new TransferRequest { FromAccountId = from.ToString(), ToAccountId = to.ToString(), Amount = 5 },
            new Metadata { { "traceparent", $"00-{caller.TraceId}-{caller.SpanId}-01" } },
            Bank.In(30));
        await FindTraceAsync(dashboard, caller.TraceId.ToString());

        var rows = await TreeBecomesAsync(dashboard, $"""
            command-service Server bankaccounts.v1.CommandService/Transfer
              command-service Producer send bank-accounts transfer {from.Partition}
                projection-service Client poll bank-accounts {from.Partition}
                projection-service Consumer process bank-accounts transfer {from.Partition} pending
                  projection-service Client EVALSHA commit.lua
                projection-service Producer send bank-accounts transfer_credit {to.Partition}
                  projection-service Client poll bank-accounts {to.Partition}
                  projection-service Consumer process bank-accounts transfer_credit {to.Partition} accepted
                    projection-service Client EVALSHA commit.lua
                  projection-service Producer send bank-accounts transfer_settle {from.Partition}
                    projection-service Client poll bank-accounts {from.Partition}
                    projection-service Consumer process bank-accounts transfer_settle {from.Partition}
                      projection-service Client EVALSHA commit.lua
            """);
        await AssertLinksAsync(dashboard, rows);

        var process = rows.First(row => row.Text.Contains("transfer_credit", StringComparison.Ordinal) && row.Labels.Contains("accepted"));
        await dashboard.Page.Locator($"#span-{process.Id}").ClickAsync();
        await Expect(dashboard.Page.Locator("#span-details tr", new PageLocatorOptions { HasText = "messaging.kafka.message.key" }))
            .ToContainTextAsync(to.ToString());
        if (Environment.GetEnvironmentVariable(PictureVariable) is { Length: > 0 } file)
        {
            await dashboard.Page.Locator("#close-results").ClickAsync();
            await dashboard.Page.ScreenshotAsync(new PageScreenshotOptions { Path = RepositoryFiles.PathOf(file) });
        }
    }

    private static async Task FindTraceAsync(DashboardPage dashboard, string traceId)
    {
        var page = dashboard.Page;
        await dashboard.GoToAsync("Traces");
        await page.GetByLabel("Text", new PageGetByLabelOptions { Exact = true }).FillAsync(traceId);
        var found = page.Locator("tr[data-trace]");
        await Expect(found).ToHaveCountAsync(1);
        await Expect(found).ToContainTextAsync("bankaccounts.v1.CommandService/Transfer");
        await Expect(found.Locator(".badge").First).ToContainTextAsync("command-service 2");

        await page.GetByLabel("Resource", new PageGetByLabelOptions { Exact = true }).SelectOptionAsync("query-service");
        await Expect(found).ToHaveCountAsync(0);
        await page.GetByLabel("Resource", new PageGetByLabelOptions { Exact = true }).SelectOptionAsync("projection-service");
        await found.GetByRole(AriaRole.Link).ClickAsync();
    }

    private static async Task<IReadOnlyList<ShownSpan>> TreeBecomesAsync(DashboardPage dashboard, string expected)
    {
        IReadOnlyList<ShownSpan> rows = [];
        var actual = string.Empty;
        try
        {
            await Eventually.BecomesTrue(
                async () =>
                {
                    rows = ShownSpan.Told(await dashboard.WaterfallAsync());
                    actual = string.Join('\n', rows.Select(row => new string(' ', 2 * row.Depth) + row.Text));
                    return actual == expected;
                },
                "the waterfall is complete");
        }
        catch (TimeoutException)
        {
            Assert.Equal(expected, actual);
        }
        return rows;
    }

    /// <summary>
    /// Everything begins after the call did, and lines go from each sending to the beginning of what was done with
    /// what was sent. Kafka may acknowledge a sending after the call has been answered.
    /// </summary>
    private static async Task AssertLinksAsync(DashboardPage dashboard, IReadOnlyList<ShownSpan> rows)
    {
        const double pixel = 1.5;
        // A poll begins when the record was appended, by the clock that all appenders share.
        var byOneClock = rows.Where(row => !row.Text.Contains(" poll ", StringComparison.Ordinal)).ToList();
        Assert.Equal(rows[0].Begin, byOneClock.Min(row => row.Begin), pixel);
        var links = await dashboard.LinksAsync();
        foreach (var process in rows.Where(row => row.Text.Contains(" Consumer ", StringComparison.Ordinal)))
        {
            var send = rows.Last(row => row.Depth == process.Depth - 1 && row.RowTop < process.RowTop);
            var link = Assert.Single(links, link => link.From == send.Id && link.To == process.Id);
            Assert.InRange(link.Begin.Y, send.RowTop, send.RowBottom);
            Assert.InRange(link.End.Y, process.RowTop, process.RowBottom);
            Assert.Equal(Math.Clamp(process.Begin, send.Begin, send.End), link.Begin.X, pixel + 2);
            Assert.InRange(link.End.X, process.Begin - pixel, process.Begin + pixel);
            Assert.True(send.Begin <= process.Begin + pixel);
        }
    }

    private static async Task The_ledger_is_verified_and_a_partition_rebuilt(DashboardPage dashboard)
    {
        var verified = await dashboard.RunAsync("projection-service", "Verify ledger");
        Assert.Matches("Redis holds what the log says: 2 partitions, [1-9][0-9]* records", verified);
        var rebuilt = await dashboard.RunAsync("projection-service", "Rebuild partition", answer: "1");
        Assert.Matches("Partition 1 was built anew up to position [1-9]", rebuilt);
        var refused = await dashboard.RunAsync("projection-service", "Rebuild partition", answer: "7");
        Assert.Contains("failed", refused, StringComparison.Ordinal);
    }

    private static async Task A_load_is_reported_and_plotted(DashboardPage dashboard)
    {
        var report = await dashboard.RunAsync("command-service", "Run load for 2 s");
        Assert.Matches(@"[1-9][0-9]* decisions/s \([0-9]+ in [0-9.]+ s\), latency p50 [0-9.]+ ms, p99 [0-9.]+ ms; [0-9]+ refused", report);
        await dashboard.GoToAsync("Metrics");
        await Shows("Decisions", "all", "all [1-9][0-9.,]* /s");
        await Shows("Latency", "p99", "p99 [0-9.,]+ ms");
        await Shows("Lag of the fold", "all partitions", "all partitions [0-9.,]+ records");
        await Shows("Unsettled transfers", "all partitions", "all partitions [0-9]+");

        Task Shows(string plot, string line, string text) => Expect(
            dashboard.Page.Locator($"figure[data-plot='{plot}'] [data-line='{line}']")).ToHaveTextAsync(new Regex($"^{text}"));
    }

    private static async Task A_console_is_followed(DashboardPage dashboard)
    {
        await dashboard.GoToAsync("Resources");
        await dashboard.RowsOf("command-service").GetByRole(AriaRole.Link, new LocatorGetByRoleOptions { Name = "Console" }).ClickAsync();
        await Expect(dashboard.Page.Locator(".console li", new PageLocatorOptions { HasText = "Executed command 'run-load'" }))
            .ToBeVisibleAsync();
    }

    private static async Task A_replica_is_stopped_and_started(DashboardPage dashboard)
    {
        await dashboard.GoToAsync("Resources");
        var id = await dashboard.RowsOf("projection-service").First.GetAttributeAsync("data-resource");
        Assert.Contains("done", await dashboard.RunAsync(id!, "Stop"), StringComparison.Ordinal);
        await DashboardPage.BecomesAsync(dashboard.RowsOf(id!), "(Exited|Finished)");
        await Expect(dashboard.RowsOf(id!).GetByRole(AriaRole.Button, new LocatorGetByRoleOptions { Name = "Verify ledger" }))
            .ToBeDisabledAsync();
        Assert.Contains("done", await dashboard.RunAsync(id!, "Start"), StringComparison.Ordinal);
        await DashboardPage.BecomesAsync(dashboard.RowsOf(id!), "Running, healthy");
    }

    private static async Task<(AccountId From, AccountId To)> InTwoPartitionsAsync(CommandService.CommandServiceClient bank)
    {
        var from = await OpenAsync(bank);
        await bank.DepositAsync(new DepositRequest { AccountId = from.ToString(), Amount = 100 }, deadline: Bank.In(30));
        AccountId to;
        do
        {
            to = await OpenAsync(bank);
        }
        while (to.Partition == from.Partition);
        return (from, to);
    }

    private static async Task<AccountId> OpenAsync(CommandService.CommandServiceClient bank)
    {
        var created = await bank.CreateAccountAsync(new CreateAccountRequest { HolderName = "Grace Hopper" }, deadline: Bank.In(30));
        return AccountId.TryParse(created.AccountId, out var id) ? id : throw new FormatException(created.AccountId);
    }

    [GeneratedRegex("http://localhost:[0-9]+/login\\?t=[0-9a-f]+")]
    private static partial Regex LoginAddress();

    [GeneratedRegex("^command-service +(?<url>http://[^ \n]+)", RegexOptions.Multiline)]
    private static partial Regex CommandAddress();
}
