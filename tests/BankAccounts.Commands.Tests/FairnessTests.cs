using BankAccounts.Tests.Servers;
using BankAccounts.V1;
using Grpc.Core;
using Grpc.Net.Client;

namespace BankAccounts.Commands.Tests;

/// <summary>Callers without certificates are their connections: each channel here is a caller of its own.</summary>
[Collection(AloneInTheProcess.Name)]
public sealed class FairnessTests
{
    private const int Room = 100;

    [Fact]
    public async Task A_caller_that_asks_for_all_room_there_is_does_not_keep_another_from_being_served()
    {
        await using var host = await StartAsync(("Command:MaxUnderWay", $"{Room}"));
        using var greedy = host.NewChannel();
        host.OnAppended(appended => appended.Record.RequestId.IsEmpty ? Task.CompletedTask : host.AcceptAsync(appended));

        using var stream = new V1.CommandService.CommandServiceClient(greedy).Execute();
        await stream.RequestStream.WriteAsync(Requests.Batch(1, 5 * Room));
        await Eventually.BecomesTrue(
            () => Task.FromResult(host.Appender.Pending.Count() == Room * 4 / 5), "the greedy caller has what it may have");
        var calls = Enumerable.Range(0, Room).Select(_ => OutcomeAsync(greedy, requestId: "greedy")).ToList();
        Assert.All(await Task.WhenAll(calls), code => Assert.Equal(StatusCode.ResourceExhausted, code));

        // It goes on asking beside a caller that has one call at a time.
        using var stop = new CancellationTokenSource();
        var asking = AskAllTheTimeAsync(greedy, stop.Token);
        using var polite = host.NewChannel();
        for (var number = 0; number < 200; number++)
        {
            Assert.Equal(StatusCode.OK, await OutcomeAsync(polite, requestId: $"polite {number}"));
        }
        await stop.CancelAsync();
        await asking;
    }

    [Fact]
    public async Task A_partition_that_waits_for_Kafka_takes_commands_of_another_caller()
    {
        await using var host = await StartAsync();
        using var greedy = host.NewChannel();
        host.OnAppended(appended => appended.Record.RequestId.IsEmpty ? Task.CompletedTask : host.AcceptAsync(appended));

        using var stream = new V1.CommandService.CommandServiceClient(greedy).Execute();
        await stream.RequestStream.WriteAsync(Requests.Batch(1, 1_000));
        await Eventually.BecomesTrue(
            () => Task.FromResult(host.Appender.Pending.Count() == 820), "the greedy caller has its part of the window of 1,024");
        Assert.Equal(StatusCode.ResourceExhausted, await OutcomeAsync(greedy, requestId: "greedy"));
        using var polite = host.NewChannel();
        Assert.Equal(StatusCode.OK, await OutcomeAsync(polite, requestId: "polite"));
    }

    [Fact]
    public async Task A_stream_that_takes_no_results_is_cut_off_and_its_places_are_free_again()
    {
        await using var host = await StartAsync(
            ("Command:MaxUnderWay", "20000"), ("Command:MaxUnderWayPerStream", "20000"),
            ("Grpc:Limits:TakeWithin", "00:00:03"));
        using var slow = host.NewChannel();
        using var call = new V1.CommandService.CommandServiceClient(slow).Execute();
        using var other = host.NewChannel();

        // Malformed commands have the largest results. Their caller is held back, so the writing is not waited for.
        var writing = WriteAsync(call.RequestStream);
        await Eventually.BecomesTrue(
            async () => host.CommandRoom.Taken > 10_000
                && await OutcomeAsync(other, requestId: "meanwhile") == StatusCode.OK,
            "the slow caller holds places, and another one is served");
        await Eventually.BecomesTrue(
            () => Task.FromResult(host.CommandRoom.Taken == 0), "the places of the slow caller are free");
        var error = await Assert.ThrowsAsync<RpcException>(() => ExecuteTests.ReadAllAsync(call));
        // Its stream is reset: a trailer would wait behind all that it does not take.
        Assert.Equal(StatusCode.Cancelled, error.StatusCode);
        await writing;
    }

    private static async Task WriteAsync(IClientStreamWriter<ExecuteRequest> requests)
    {
        try
        {
            while (true)
            {
                var batch = new ExecuteRequest();
                batch.Commands.AddRange(Enumerable.Repeat(new Command { Deposit = new DepositRequest() }, 1_000));
                await requests.WriteAsync(batch);
            }
        }
        catch (Exception ended) when (
            ended is RpcException or InvalidOperationException or IOException or OperationCanceledException)
        {
            // The stream was cut off.
        }
    }

    private static async Task AskAllTheTimeAsync(GrpcChannel channel, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => OutcomeAsync(channel, requestId: "greedy")));
        }
    }

    private static Task<StatusCode> OutcomeAsync(GrpcChannel channel, string requestId) =>
        Outcomes.CodeAsync(new V1.CommandService.CommandServiceClient(channel).DepositAsync(
            Requests.Deposit(requestId: requestId), deadline: CommandHost.In(30)));

    private static async Task<CommandHost> StartAsync(params (string Key, string Value)[] settings)
    {
        var host = new CommandHost(settings);
        await host.InitializeAsync();
        return host;
    }
}
