using System.Collections.Concurrent;
using BankAccounts.ServiceDefaults.Kafka;
using BankAccounts.Tests.Servers;
using BankAccounts.V1;
using Grpc.Core;

namespace BankAccounts.Commands.Tests;

/// <summary>Records wait for each other where many commands wait, and those of a partition stay in order.</summary>
[Collection(OneHost.Name)]
public sealed class GatheringTests(CommandHost host) : IAsyncLifetime
{
    private const int Partitions = 12;
    private const int Many = Partitions * LogProducers.GatherFrom;

    private readonly ConcurrentQueue<Appended> appended = new();

    public Task InitializeAsync()
    {
        host.OnAppended(record =>
        {
            appended.Enqueue(record);
            return Task.CompletedTask;
        });
        return Task.CompletedTask;
    }

    public Task DisposeAsync()
    {
        host.AcceptAgain();
        return Task.CompletedTask;
    }

    [Fact]
    public async Task A_partition_changes_the_producer_only_while_Kafka_owes_no_report_of_it()
    {
        using var stream = host.Client.Execute();

        var first = await AppendedAsync(stream, Many);
        Assert.DoesNotContain(first, record => record.IsGathered);

        first.ForEach(record => record.Acknowledge());
        var second = Assert.Single(await AppendedAsync(stream, 1));
        Assert.True(second.IsGathered);

        await DecideAsync(stream, first);
        var third = Assert.Single(await AppendedAsync(stream, 1));
        Assert.True(third.IsGathered);

        second.Acknowledge();
        third.Acknowledge();
        var last = Assert.Single(await AppendedAsync(stream, 1));
        Assert.False(last.IsGathered);

        last.Acknowledge();
        await DecideAsync(stream, [second, third, last]);
        await stream.RequestStream.CompleteAsync();
        Assert.False(await stream.ResponseStream.MoveNext(CancellationToken.None));
    }

    /// <summary>Asks for so many commands, and waits until they are appended.</summary>
    private async Task<List<Appended>> AppendedAsync(
        AsyncDuplexStreamingCall<ExecuteRequest, ExecuteResponse> stream, int count)
    {
        appended.Clear();
        await stream.RequestStream.WriteAsync(Requests.Batch(1, count));
        await Eventually.BecomesTrue(() => Task.FromResult(appended.Count == count), "the commands are appended");
        return [.. appended];
    }

    /// <summary>Accepts commands, and waits until their results are there.</summary>
    private async Task DecideAsync(
        AsyncDuplexStreamingCall<ExecuteRequest, ExecuteResponse> stream, List<Appended> records)
    {
        foreach (var record in records)
        {
            await host.PushAsync(record, CommandHost.AcceptanceOf(record));
        }
        for (var left = records.Count; left > 0; left -= stream.ResponseStream.Current.Results.Count)
        {
            Assert.True(await stream.ResponseStream.MoveNext(CancellationToken.None));
        }
    }
}
