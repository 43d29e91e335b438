using System.Collections.Concurrent;
using System.Diagnostics;
using BankAccounts.ProjectionService;
using BankAccounts.ProjectionService.Ledger;
using BankAccounts.ProjectionService.Redis;
using BankAccounts.ProjectionService.Tracing;
using BankAccounts.ProjectionService.Transfers;
using BankAccounts.ServiceDefaults;
using BankAccounts.ServiceDefaults.Tracing;
using BankAccounts.Tests.Logs;
using Google.Protobuf;

namespace BankAccounts.Ledger.Tests;

public sealed class BatchTraceTests : IDisposable
{
    private readonly ConcurrentQueue<Activity> ended = new();
    private readonly ActivityListener listener;
    private readonly BatchTracer tracer = new("the-log", "the-group", Records.Partition);
    private readonly LogWriter log = new() { NextMs = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() };

    public BatchTraceTests()
    {
        listener = new ActivityListener
        {
            ShouldListenTo = source => source == Telemetry.Source,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = ended.Enqueue,
        };
        ActivitySource.AddActivityListener(listener);
    }

    public void Dispose() => listener.Dispose();

    [Theory]
    [InlineData("", false)]
    [InlineData("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00", false)]
    [InlineData("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-02", false)]
    [InlineData("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-0a", false)]
    [InlineData("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", true)]
    [InlineData("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-09", true)]
    [InlineData("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-0b", true)]
    [InlineData("01-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", false)]
    [InlineData("00-00000000000000000000000000000000-b7ad6b7169203331-01", false)]
    [InlineData("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-", false)]
    [InlineData("00-nonsense of the very length that a context has, ~~~~-01", false)]
    public void A_context_is_read_if_it_is_one_and_is_sampled(string traceparent, bool isRead) =>
        Assert.Equal(isRead, TraceContext.TryRead(ByteString.CopyFromUtf8(traceparent), out _));

    [Fact]
    public void A_batch_without_a_sampled_command_has_no_trace_and_no_record_of_it_costs_memory()
    {
        var records = Enumerable.Range(0, 1_000).Select(number => Append(
            number % 2 == 0 ? string.Empty : "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00")).ToList();
        Assert.Null(tracer.Begin(records));

        var before = GC.GetAllocatedBytesForCurrentThread();
        var trace = tracer.Begin(records);
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.Null(trace);
        // The list's enumerator, once for the batch.
        Assert.InRange(allocated, 0, 100);
    }

    [Fact]
    public async Task Each_sampled_command_of_a_batch_has_its_spans_in_its_own_trace_linked_to_the_sendings_of_all()
    {
        var contexts = Enumerable.Range(0, 3).Select(_ => NewContext()).ToList();
        contexts.ForEach(context => Append(TextOf(context)));
        Append(string.Empty);

        await FoldAsync(new MemoryOnlyStore());

        foreach (var context in contexts)
        {
            var spans = ended.Where(span => span.TraceId == context.TraceId).ToList();
            Assert.Equal(
                ["EVALSHA commit.lua", "EVALSHA prefetch.lua", "poll the-log", "process the-log"],
                spans.Select(span => span.DisplayName).Order());
            var process = spans.Single(span => span.Kind == ActivityKind.Consumer);
            Assert.Equal(context.SpanId, process.ParentSpanId);
            Assert.Equal(contexts.Select(one => one.SpanId), process.Links.Select(link => link.Context.SpanId));
            Assert.Equal(4, process.GetTagItem("messaging.batch.message_count"));
            Assert.All(
                spans.Where(span => span.DisplayName.StartsWith("EVALSHA", StringComparison.Ordinal)),
                script => Assert.Equal(process.SpanId, script.ParentSpanId));
            Assert.Equal(("rejected", "ACCOUNT_NOT_FOUND"), (
                (string?)process.GetTagItem("bank.outcome"), (string?)process.GetTagItem("bank.reason")));
        }
        Assert.Null(Activity.Current);
    }

    [Fact]
    public async Task Of_a_batch_at_most_32_commands_have_spans()
    {
        var contexts = Enumerable.Range(0, 40).Select(_ => NewContext()).ToList();
        contexts.ForEach(context => Append(TextOf(context)));

        await FoldAsync(new MemoryOnlyStore());

        Assert.Equal(
            contexts.Take(BatchTracer.MaxTraced).Select(context => context.TraceId).ToHashSet(),
            ended.Select(span => span.TraceId).Where(id => contexts.Any(context => context.TraceId == id)).ToHashSet());
    }

    [Fact]
    public async Task A_commit_that_is_refused_ends_its_spans_with_the_error()
    {
        var context = NewContext();
        Append(TextOf(context));

        await Assert.ThrowsAsync<CommitRefusedException>(
            () => FoldAsync(new MemoryOnlyStore { RefusesCommits = true }));

        var failed = ended.Where(span => span.TraceId == context.TraceId && span.Status == ActivityStatusCode.Error);
        Assert.Equal(["EVALSHA commit.lua", "process the-log"], failed.Select(span => span.DisplayName).Order());
        Assert.All(failed, span => Assert.Equal(
            typeof(CommitRefusedException).FullName, span.GetTagItem("error.type")));
    }

    [Fact]
    public async Task What_is_folded_again_long_afterwards_is_not_traced_again()
    {
        var (old, late) = (NewContext(), NewContext());
        log.NextMs = (DateTimeOffset.UtcNow - BatchTracer.MaxAge).ToUnixTimeMilliseconds() - 1;
        Append(TextOf(old));
        log.NextMs = (DateTimeOffset.UtcNow - BatchTracer.MaxAge).ToUnixTimeMilliseconds() + 60_000;
        Append(TextOf(late));

        await FoldAsync(new MemoryOnlyStore());

        Assert.DoesNotContain(ended, span => span.TraceId == old.TraceId);
        Assert.Contains(ended, span => span.TraceId == late.TraceId);
    }

    private LedgerRecord Append(string traceparent) => LedgerRecord.Read(
        Records.Partition,
        log.AppendOne(Records.Deposit(Records.Alice, 1)
            .With(record => record.Traceparent = ByteString.CopyFromUtf8(traceparent))));

    private async Task FoldAsync(LedgerStore store)
    {
        var session = await ProjectionSession.BeginAsync(
            store, new ProjectionOptions(), confirmed: null, CancellationToken.None);
        var sender = new TransferSender((_, _) => true, TimeProvider.System, maxTransfersPerRecord: 1);
        var loop = new ProjectionLoop(Records.Partition, session, sender, caughtUpAt: 0, tracer);
        tracer.PollStarts();
        await loop.TurnAsync(log.Entries, CancellationToken.None);
        await session.ConfirmAsync();
    }

    private static ActivityContext NewContext() => new(
        ActivityTraceId.CreateRandom(), ActivitySpanId.CreateRandom(), ActivityTraceFlags.Recorded);

    private static string TextOf(ActivityContext context) => $"00-{context.TraceId}-{context.SpanId}-01";
}
