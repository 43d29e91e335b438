using System.Collections.Concurrent;
using System.Diagnostics;
using BankAccounts.ServiceDefaults;
using Grpc.Core;

namespace BankAccounts.Commands.Tests;

[Collection(OneHost.Name)]
public sealed class TraceTests(CommandHost host) : IAsyncLifetime
{
    public Task InitializeAsync() => Task.CompletedTask;

    public Task DisposeAsync()
    {
        host.AcceptAgain();
        return Task.CompletedTask;
    }

    [Theory]
    [InlineData("00", false)]
    [InlineData("01", true)]
    public async Task A_record_carries_the_context_of_its_sending_if_its_caller_records_the_trace(
        string flags, bool isCarried)
    {
        var trace = ActivityTraceId.CreateRandom();
        var carried = Observe();

        await host.Client.DepositAsync(Requests.Deposit(), HeadersOf(trace, flags), CommandHost.In(30));

        var traceparent = Assert.Single(carried);
        Assert.Equal(isCarried ? trace.ToString() : string.Empty, TraceIdOf(traceparent));
    }

    [Fact]
    public async Task A_sending_that_Kafka_does_not_acknowledge_ends_with_its_error()
    {
        var trace = ActivityTraceId.CreateRandom();
        var ended = new ConcurrentQueue<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source == Telemetry.Source,
            ActivityStopped = ended.Enqueue,
        };
        ActivitySource.AddActivityListener(listener);
        host.OnAppended(appended =>
        {
            appended.Fail(Confluent.Kafka.PersistenceStatus.NotPersisted);
            return Task.CompletedTask;
        });

        Assert.Equal(StatusCode.Unavailable, await Outcomes.CodeAsync(
            host.Client.DepositAsync(Requests.Deposit(), HeadersOf(trace, "01"), CommandHost.In(30))));

        var send = Assert.Single(ended, span => span.TraceId == trace);
        Assert.Equal(("send bank-accounts", ActivityKind.Producer), (send.DisplayName, send.Kind));
        Assert.Equal("Local_MsgTimedOut", send.GetTagItem("error.type"));
    }

    [Fact]
    public async Task Of_a_stream_whose_caller_records_it_one_command_a_second_is_traced()
    {
        var trace = ActivityTraceId.CreateRandom();
        var carried = Observe();
        var began = Stopwatch.GetTimestamp();

        using var call = host.Client.Execute(HeadersOf(trace, "01"), CommandHost.In(60));
        await call.RequestStream.WriteAsync(Requests.Batch(0, 500));
        await call.RequestStream.WriteAsync(Requests.Batch(500, 500));
        await call.RequestStream.CompleteAsync();
        var results = 0;
        await foreach (var response in call.ResponseStream.ReadAllAsync())
        {
            results += response.Results.Count;
        }

        Assert.Equal((1_000, 1_000), (results, carried.Count));
        var traced = carried.Where(traceparent => traceparent.Length > 0).ToList();
        Assert.InRange(traced.Count, 1, 1 + (int)Stopwatch.GetElapsedTime(began).TotalSeconds);
        Assert.All(traced, traceparent => Assert.Equal(trace.ToString(), TraceIdOf(traceparent)));
        Assert.NotEmpty(carried.First());
    }

    /// <summary>The contexts of the records that are appended from now on; each is accepted.</summary>
    private ConcurrentQueue<string> Observe()
    {
        var carried = new ConcurrentQueue<string>();
        host.OnAppended(appended =>
        {
            carried.Enqueue(appended.Record.Traceparent.ToStringUtf8());
            return host.AcceptAsync(appended);
        });
        return carried;
    }

    private static Metadata HeadersOf(ActivityTraceId trace, string flags) =>
        new() { { "traceparent", $"00-{trace}-{ActivitySpanId.CreateRandom()}-{flags}" } };

    private static string TraceIdOf(string traceparent) =>
        traceparent.Length == 0 ? string.Empty : traceparent.Split('-')[1];
}
