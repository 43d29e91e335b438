using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using BankAccounts.EndToEnd.Tests.Otlp;
using BankAccounts.Tests.Files;
using BankAccounts.Tests.Servers;
using BankAccounts.V1;
using Grpc.Core;

namespace BankAccounts.EndToEnd.Tests;

/// <summary>What the running services say over OTLP: traces, metrics and logs.</summary>
public sealed partial class TelemetryTests(TelemetryFixture fixture) : IClassFixture<TelemetryFixture>
{
    private const long Amount = 31_337;
    private const string Description = "for a kidney";

    private readonly Bank bank = fixture.Bank;
    private readonly Collector collector = fixture.Collector;

    [Fact]
    public async Task One_trace_shows_a_deposit_from_its_caller_to_Redis_and_back()
    {
        var account = await bank.OpenAccountAsync(balance: 1);
        var caller = NewCaller();
        var answer = await bank.Commands.DepositAsync(
            new DepositRequest { AccountId = account, Amount = Amount, Description = Description },
            HeadersOf(caller),
            Bank.In(30));

        var expected = $"""
            command-service Server bankaccounts.v1.CommandService/Deposit
              command-service Producer send bank-accounts deposit {answer.Decision.Position.Partition}
                projection-service Client poll bank-accounts {answer.Decision.Position.Partition}
                projection-service Consumer process bank-accounts deposit {answer.Decision.Position.Partition} accepted
                  projection-service Client EVALSHA commit.lua
            """;
        var spans = await TreeBecomesAsync(expected, caller);

        var send = spans.Single(span => span.Span.Kind == SpanKind.Producer);
        AssertSend(send, account);
        Assert.Equal(Invariant(answer.Decision.Position.Offset), send["messaging.kafka.offset"]);
        var process = spans.Single(span => span.Span.Kind == SpanKind.Consumer);
        AssertProcess(process, send, account);
        Assert.Equal(Invariant(answer.Decision.Position.Offset), process["messaging.kafka.offset"]);
        var commit = spans.Single(span => span.Span.Name == "EVALSHA commit.lua");
        Assert.Equal(("redis", "EVALSHA", "commit.lua"), (
            commit["db.system.name"], commit["db.operation.name"], commit["db.stored_procedure.name"]));
        // The answer to the caller is behind the commit's beginning: the script itself tells the decision.
        var call = spans.Single(span => span.Span.Kind == SpanKind.Server);
        Assert.True(call.Span.StartTimeUnixNano <= send.Span.StartTimeUnixNano);
        Assert.True(commit.Span.StartTimeUnixNano <= call.Span.EndTimeUnixNano);
        AssertNothingPersonal(spans);
    }

    [Fact]
    public async Task One_trace_shows_a_transfer_across_both_partitions_and_back_to_its_caller()
    {
        var (from, to) = await InTwoPartitionsAsync();
        var caller = NewCaller();
        await bank.Commands.TransferAsync(
            new TransferRequest { FromAccountId = from, ToAccountId = to, Amount = Amount, Description = Description },
            HeadersOf(caller),
            Bank.In(30));

        var (source, destination) = (PartitionOf(from), PartitionOf(to));
        var expected = $"""
            command-service Server bankaccounts.v1.CommandService/Transfer
              command-service Producer send bank-accounts transfer {source}
                projection-service Client poll bank-accounts {source}
                projection-service Consumer process bank-accounts transfer {source} pending
                  projection-service Client EVALSHA commit.lua
                projection-service Producer send bank-accounts transfer_credit {destination}
                  projection-service Client poll bank-accounts {destination}
                  projection-service Consumer process bank-accounts transfer_credit {destination} accepted
                    projection-service Client EVALSHA commit.lua
                  projection-service Producer send bank-accounts transfer_settle {source}
                    projection-service Client poll bank-accounts {source}
                    projection-service Consumer process bank-accounts transfer_settle {source}
                      projection-service Client EVALSHA commit.lua
            """;
        var spans = await TreeBecomesAsync(expected, caller);

        foreach (var process in spans.Where(span => span.Span.Kind == SpanKind.Consumer))
        {
            var send = spans.Single(span => span.Id == process.Parent);
            var account = PartitionOf(from) == int.Parse(
                send["messaging.destination.partition.id"]!, CultureInfo.InvariantCulture) ? from : to;
            AssertSend(send, account);
            AssertProcess(process, send, account);
        }
        AssertNothingPersonal(spans);
    }

    [Fact]
    public async Task Every_metric_of_the_table_is_exported_as_it_says_and_no_other_one()
    {
        var (from, to) = await InTwoPartitionsAsync();
        await bank.Commands.TransferAsync(
            new TransferRequest { FromAccountId = from, ToAccountId = to, Amount = 1 }, deadline: Bank.In(30));
        await ForeignKafka.AppendAsync(bank, partition: 0, [], "no frame"u8.ToArray());
        await Eventually.BecomesTrue(
            () => Task.FromResult(Exported().Any(metric => metric.StartsWith("bank.voids", StringComparison.Ordinal))),
            "the void record is counted");
        await bank.FlushRedisAsync();

        var table = File.ReadLines(RepositoryFiles.PathOf("docs", "OBSERVABILITY.md"))
            .Select(line => MetricRow().Match(line))
            .Where(row => row.Success)
            .Select(row => $"{row.Groups["name"]} {row.Groups["kind"]} {row.Groups["unit"]} "
                + $"[{row.Groups["attributes"].Value.Replace("`", string.Empty, StringComparison.Ordinal).Trim()}]")
            .Order()
            .ToList();
        Assert.InRange(table.Count, 15, 100);
        try
        {
            await Eventually.BecomesTrue(
                () => Task.FromResult(table.SequenceEqual(Exported())), "what is exported is what the table says");
        }
        catch (TimeoutException)
        {
            Assert.Equal(table, Exported());
        }
    }

    [Fact]
    public async Task What_is_measured_is_what_happened()
    {
        var account = await bank.OpenAccountAsync(balance: 5);
        var refusal = await Refusal.OfAsync(bank.Commands.WithdrawAsync(
            new WithdrawRequest { AccountId = account, Amount = 6 }, deadline: Bank.In(30)));
        Assert.Equal("INSUFFICIENT_FUNDS", refusal.Reason);
        var position = 1 + long.Parse(refusal.Info.Metadata["offset"], CultureInfo.InvariantCulture);
        var partition = ("bank.partition", Invariant(PartitionOf(account)));

        await MeasuredAsync(1, "bank.decisions",
            ("bank.command", "withdraw"), ("bank.outcome", "rejected"), ("bank.reason", "INSUFFICIENT_FUNDS"));
        await MeasuredAsync(1, "bank.command.duration", ("bank.command", "withdraw"), ("bank.outcome", "rejected"));
        await MeasuredAsync(position, "bank.partition.position", partition);
        await MeasuredAsync(0, "bank.partition.lag", partition);
        await MeasuredAsync(0, "bank.partition.halted", partition);
        await MeasuredAsync(0, "bank.transfers.unsettled", partition);
        await MeasuredAsync(0, "bank.transfers.oldest_age", partition);
        await MeasuredAsync(0, "bank.command.under_way");
    }

    [Fact]
    public async Task Logs_are_exported_with_the_ids_of_their_events() => await Eventually.BecomesTrue(
        () => Task.FromResult(collector.Lines.Any(line =>
            Collector.Text(line.Attributes, "logrecord.event.id") == "2001"
            && line.Body.StringValue.StartsWith("Assigned partitions ", StringComparison.Ordinal))),
        "the line of the assigned partitions is there");

    private static void AssertSend(CollectedSpan send, string account)
    {
        AssertMessaging(send, "send", "send", account);
        Assert.Equal(account, send["messaging.kafka.message.key"]);
    }

    private static void AssertProcess(CollectedSpan process, CollectedSpan send, string account)
    {
        AssertMessaging(process, "process", "process", account);
        Assert.Equal(account, process["messaging.kafka.message.key"]);
        Assert.Equal("projection-service", process["messaging.consumer.group.name"]);
        Assert.InRange(
            int.Parse(process["messaging.batch.message_count"]!, CultureInfo.InvariantCulture), 1, 1_000);
        Assert.Contains(process.Span.Links, link => CollectedSpan.Hex(link.SpanId) == send.Id);
        Assert.True(send.Span.StartTimeUnixNano <= process.Span.StartTimeUnixNano);
    }

    private static void AssertMessaging(CollectedSpan span, string operation, string type, string account)
    {
        Assert.Equal(
            ("kafka", operation, type, "bank-accounts", Invariant(PartitionOf(account)), null),
            (span["messaging.system"], span["messaging.operation.name"], span["messaging.operation.type"],
                span["messaging.destination.name"], span["messaging.destination.partition.id"], span["error.type"]));
    }

    private static void AssertNothingPersonal(IEnumerable<CollectedSpan> spans)
    {
        var texts = string.Join('\n', spans.Select(span => span.Span.ToString()));
        Assert.DoesNotContain("Grace", texts, StringComparison.Ordinal);
        Assert.DoesNotContain("kidney", texts, StringComparison.Ordinal);
        Assert.DoesNotContain($"\"{Invariant(Amount)}\"", texts, StringComparison.Ordinal);
    }

    /// <summary>Waits until the spans of a trace have a shape, and returns them.</summary>
    private async Task<IReadOnlyList<CollectedSpan>> TreeBecomesAsync(string expected, ActivityContext caller)
    {
        var traceId = caller.TraceId.ToString();
        var actual = string.Empty;
        try
        {
            await Eventually.BecomesTrue(
                () =>
                {
                    var lines = new List<string>();
                    Draw(Told(collector.SpansOf(traceId)), caller.SpanId.ToString(), 0, lines);
                    actual = string.Join('\n', lines);
                    return Task.FromResult(actual == expected);
                },
                "the trace is complete");
        }
        catch (TimeoutException)
        {
            Assert.Equal(expected, actual);
        }
        return Told(collector.SpansOf(traceId));
    }

    /// <summary>
    /// Without what depends on the moment: reads of what was not in memory, and repetitions by a source that
    /// did not get its answer within a second.
    /// </summary>
    private static List<CollectedSpan> Told(IReadOnlyList<CollectedSpan> spans)
    {
        var repeated = spans.Where(span => span["bank.outcome"] == "void").Select(span => span.Parent).ToHashSet();
        return
        [
            .. spans.Where(span => span.Span.Name != "EVALSHA prefetch.lua"
                && !repeated.Contains(span.Id) && !repeated.Contains(span.Parent)
                && !spans.Any(parent => parent.Id == span.Parent && repeated.Contains(parent.Parent))),
        ];
    }

    private static void Draw(List<CollectedSpan> spans, string parent, int depth, List<string> lines)
    {
        foreach (var span in spans.Where(span => span.Parent == parent).OrderBy(span => span.Span.Name, StringComparer.Ordinal))
        {
            var parts = new[]
            {
                span.Service, span.Span.Kind.ToString(), span.Span.Name, span["bank.command"],
                span["messaging.destination.partition.id"], span["bank.outcome"],
            };
            lines.Add(new string(' ', 2 * depth) + string.Join(' ', parts.OfType<string>()));
            Draw(spans, span.Id, depth + 1, lines);
        }
    }

    /// <summary>What was exported of the bank's own metrics, as the table would say it.</summary>
    private List<string> Exported() =>
    [
        .. collector.Metrics
            .Where(metric => metric.Name.StartsWith("bank.", StringComparison.Ordinal))
            .GroupBy(metric => (metric.Name, metric.Unit, metric.DataCase))
            .Select(metric => (metric.Key, Attributes: metric.SelectMany(AttributesOf).Distinct().Order()))
            .Select(metric => string.Create(CultureInfo.InvariantCulture,
                $"{metric.Key.Name} {metric.Key.DataCase.ToString().ToLowerInvariant()} {metric.Key.Unit} ")
                + $"[{string.Join(", ", metric.Attributes)}]")
            .Order(),
    ];

    /// <summary>Waits until a metric has a value; of a histogram it is the count.</summary>
    private async Task MeasuredAsync(long expected, string name, params (string Key, string Value)[] attributes)
    {
        double? last = null;
        try
        {
            await Eventually.BecomesTrue(
                () => Task.FromResult((last = Latest(name, attributes)) == expected), $"{name} is {expected}");
        }
        catch (TimeoutException)
        {
            Assert.Fail(FormattableString.Invariant($"{name} is {last}, not {expected}."));
        }
    }

    private double? Latest(string name, (string Key, string Value)[] attributes)
    {
        bool Has(IEnumerable<KeyValue> of) => attributes.All(one => Collector.Text(of, one.Key) == one.Value);
        return collector.Metrics.Where(metric => metric.Name == name).SelectMany(metric => metric.Histogram is { } histogram
            ? histogram.Points.Where(point => Has(point.Attributes)).Select(point => (double?)point.Count)
            : (metric.Gauge ?? metric.Sum).Points_.Where(point => Has(point.Attributes))
                .Select(point => (double?)(point.AsInt + point.AsDouble))).LastOrDefault();
    }

    private static IEnumerable<string> AttributesOf(Metric metric) =>
        (metric.Histogram?.Points.SelectMany(point => point.Attributes)
            ?? (metric.Gauge ?? metric.Sum).Points_.SelectMany(point => point.Attributes))
        .Select(attribute => attribute.Key);

    private async Task<(string From, string To)> InTwoPartitionsAsync()
    {
        var from = await bank.OpenAccountAsync(balance: 100_000);
        string to;
        do
        {
            to = await bank.OpenAccountAsync(balance: 1);
        }
        while (PartitionOf(from) == PartitionOf(to));
        return (from, to);
    }

    private static int PartitionOf(string account) =>
        AccountId.TryParse(account, out var id) ? id.Partition : throw new FormatException(account);

    private static string Invariant(long number) => number.ToString(CultureInfo.InvariantCulture);

    private static ActivityContext NewCaller() => new(
        ActivityTraceId.CreateRandom(), ActivitySpanId.CreateRandom(), ActivityTraceFlags.Recorded);

    private static Metadata HeadersOf(ActivityContext caller) =>
        new() { { "traceparent", $"00-{caller.TraceId}-{caller.SpanId}-01" } };

    [GeneratedRegex(@"^\| `(?<name>bank\.[a-z_.]+)` \| (?<kind>[a-z]+) \| (?<unit>[^ |]+) \| (?<attributes>[^|]*)\|")]
    private static partial Regex MetricRow();
}
