using Xunit.Abstractions;

namespace BankAccounts.Simulation.Tests;

/// <summary>
/// Every schedule of the transfer protocol in a small world: one channel, up to three transfers (the
/// second is refused), every follow-up lost, doubled, overtaken or sent by an owner of long ago. The fold
/// is the real one.
/// </summary>
public sealed class TransferExploration(ITestOutputHelper output)
{
    private const int MaxStates = 200_000;

    [Theory]
    [InlineData(1)]
    [InlineData(0)]
    public void In_every_schedule_of_three_transfers_the_money_is_there_and_can_arrive(int destinationPartition)
    {
        var states = Explore(destinationPartition, maxTransfers: 3, Fault.None);
        output.WriteLine($"{states} states");
        Assert.InRange(states, 100, MaxStates - 1);
    }

    [Theory]
    [InlineData(Fault.NoCreditSequence)]
    [InlineData(Fault.RefusalsForgottenAtTheAnswer)]
    internal void A_rule_that_is_left_out_is_missed(Fault fault)
    {
        output.WriteLine(Assert.Throws<ViolationException>(() => Explore(1, maxTransfers: 2, fault)).Message);
    }

    private static int Explore(int destinationPartition, int maxTransfers, Fault fault)
    {
        var start = TransferState.Start(destinationPartition, fault);
        var known = new HashSet<string> { start.Key() };
        var frontier = new Queue<TransferState>([start]);
        while (frontier.TryDequeue(out var state))
        {
            state.Check();
            foreach (var next in state.Next(maxTransfers))
            {
                if (known.Count < MaxStates && known.Add(next.Key()))
                {
                    frontier.Enqueue(next);
                }
            }
        }
        return known.Count;
    }
}
