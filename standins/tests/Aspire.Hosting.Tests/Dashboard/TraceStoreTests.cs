using Aspire.Dashboard.Traces;

namespace Aspire.Hosting.Tests.Dashboard;

public sealed class TraceStoreTests
{
    private readonly TraceStore _traces = new(["kind"]);

    [Fact]
    public void A_trace_is_drawn_as_its_tree_in_the_order_of_beginnings()
    {
        _traces.Add(
        [
            Spans.New(1, id: 4, parent: 2, "later", 30, 40).Stored(),
            Spans.New(1, id: 3, parent: 2, "sooner", 20, 50).Stored(),
            Spans.New(1, id: 1, parent: 9, "begins", 0, 100).Stored("front"),
            Spans.New(1, id: 2, parent: 1, "calls", 10, 60).With("kind", "first").With("other", "x").LinkedTo(1, 3).Stored(),
        ]);

        var trace = _traces.Find(Spans.TraceId(1))!;

        Assert.Equal(
            ["0 front begins 0+100 []", "1 shop calls 10+50 [first]", "2 shop sooner 20+30 []", "2 shop later 30+10 []"],
            trace.Rows.Select(row =>
                $"{row.Depth} {row.Service} {row.Name} {row.OffsetMs}+{row.DurationMs} [{string.Join(' ', row.Labels)}]"));
        Assert.Equal(("begins", 100d, new DateTime(2026, 1, 1)), (trace.Name, trace.DurationMs, trace.Start));
        Assert.Equal([new SpanLink(Spans.TraceId(1), Spans.SpanId(3))], trace.Rows[1].Links);
    }

    [Fact]
    public void Spans_that_name_each_other_as_parent_draw_nothing_and_end()
    {
        _traces.Add([Spans.New(1, 1, 2, "a").Stored(), Spans.New(1, 2, 1, "b").Stored(), Spans.New(1, 3, 0, "c").Stored()]);

        Assert.Equal(["c"], _traces.Find(Spans.TraceId(1))!.Rows.Select(row => row.Name));
    }

    [Fact]
    public void Traces_are_listed_newest_first_and_found_by_service_text_and_id()
    {
        _traces.Add([Spans.New(1, 1, 0, "pay", 0, 2).With("account", "Ada").Stored("front"), Spans.New(1, 2, 1, "book", 1, 5).Stored("back")]);
        _traces.Add([Spans.New(2, 1, 0, "look", 7, 8).Stored("front")]);

        Assert.Equal(["look", "pay"], Names(null, null));
        Assert.Equal(["pay"], Names("back", null));
        Assert.Equal(["pay"], Names(null, "ada"));
        Assert.Equal(["pay"], Names("front", "BOOK"));
        Assert.Equal(["look"], Names(null, Spans.TraceId(2)));
        Assert.Empty(Names("back", "look"));
        var pay = _traces.List("back", null).Single();
        Assert.Equal((2, 5d, false), (pay.Spans, pay.DurationMs, pay.HasError));
        Assert.Equal([new ServiceCount("back", 1), new ServiceCount("front", 1)], pay.Services);
    }

    [Fact]
    public void A_span_that_comes_twice_is_there_once()
    {
        _traces.Add([Spans.New(1, 1, 0, "pay").Stored()]);
        _traces.Add([Spans.New(1, 1, 0, "pay").Stored()]);

        Assert.Single(_traces.Find(Spans.TraceId(1))!.Rows);
    }

    [Fact]
    public void The_oldest_traces_go_when_there_are_too_many_spans_and_a_trace_has_a_bound_itself()
    {
        _traces.Add(Enumerable.Range(1, TraceStore.MaxSpansPerTrace + 5).Select(id => Spans.New(1, id, 0, "many").Stored()));
        Assert.Equal(TraceStore.MaxSpansPerTrace, _traces.Find(Spans.TraceId(1))!.Rows.Count);

        var others = TraceStore.MaxSpans - TraceStore.MaxSpansPerTrace;
        _traces.Add(Enumerable.Range(2, others).Select(trace => Spans.New(trace, 1, 0, "one").Stored()));
        Assert.NotNull(_traces.Find(Spans.TraceId(1)));

        _traces.Add([Spans.New(others + 2, 1, 0, "one more").Stored()]);
        Assert.Null(_traces.Find(Spans.TraceId(1)));
        Assert.NotNull(_traces.Find(Spans.TraceId(2)));
        Assert.Equal(TraceStore.MaxListed, _traces.List(null, null).Count);
    }

    [Fact]
    public void Long_texts_and_many_attributes_and_links_are_cut()
    {
        var span = Spans.New(1, 1, 0, new string('n', 5_000)).With("long", new string('v', 5_000));
        for (var i = 0; i < 100; i++)
        {
            span.With($"a{i}", "v").LinkedTo(2, i + 1);
        }

        var stored = span.Stored();

        Assert.Equal(StoredSpan.MaxTextLength + 1, stored.Name.Length);
        Assert.Equal(StoredSpan.MaxTextLength + 1, stored.Attributes[0].Value.Length);
        Assert.Equal((StoredSpan.MaxAttributes, StoredSpan.MaxLinks), (stored.Attributes.Count, stored.Links.Count));
    }

    private IEnumerable<string> Names(string? service, string? text)
        => _traces.List(service, text).Select(trace => trace.Name);
}
