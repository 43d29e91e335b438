using System.Reflection;
using BankAccounts.ProjectionService.Transfers;
using BankAccounts.ServiceDefaults.Kafka;
using Confluent.Kafka;

namespace BankAccounts.Ledger.Tests;

/// <summary>What carries transfers on into one partition goes by one producer while anything of it is under way.</summary>
public sealed class FollowUpLaneTests
{
    private readonly IProducer<byte[], byte[]> prompt = DispatchProxy.Create<IProducer<byte[], byte[]>, NoProducer>();
    private readonly IProducer<byte[], byte[]> gathering = DispatchProxy.Create<IProducer<byte[], byte[]>, NoProducer>();

    [Fact]
    public void It_changes_with_how_many_wait_and_only_while_nothing_is_under_way()
    {
        var lane = new FollowUpLane(new LogProducers(prompt, gathering));

        Assert.Same(prompt, lane.Enter(waiting: 1));
        Assert.Same(prompt, lane.Enter(waiting: 1_000));
        lane.Leave();
        Assert.Same(prompt, lane.Enter(waiting: 1_000));
        lane.Leave();
        lane.Leave();
        Assert.Same(gathering, lane.Enter(waiting: 1_000));
        Assert.Same(gathering, lane.Enter(waiting: 1));
        lane.Leave();
        lane.Leave();
        Assert.Same(prompt, lane.Enter(waiting: 1));
    }

    [Theory]
    [InlineData(LogProducers.GatherFrom - 1, false)]
    [InlineData(LogProducers.GatherFrom, true)]
    public void From_some_that_wait_on_they_gather(int waiting, bool gather) =>
        Assert.Same(gather ? gathering : prompt, new LogProducers(prompt, gathering).For(waiting));

    /// <summary>Is only told apart from another one.</summary>
    public class NoProducer : DispatchProxy
    {
        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) =>
            throw new NotSupportedException(targetMethod?.Name);
    }
}
