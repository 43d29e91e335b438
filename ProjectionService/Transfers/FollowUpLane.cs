using BankAccounts.ServiceDefaults.Kafka;
using Confluent.Kafka;

namespace BankAccounts.ProjectionService.Transfers;

/// <summary>What this process has on its way to one partition: all by one producer, to stay in order.</summary>
public sealed class FollowUpLane(LogProducers producers)
{
    private readonly Lock gate = new();
    private IProducer<byte[], byte[]> producer = producers.Prompt;
    private int underWay;

    /// <summary>One more is on its way, by this producer.</summary>
    /// <param name="waiting">Among how many that wait to be carried on.</param>
    public IProducer<byte[], byte[]> Enter(int waiting)
    {
        lock (gate)
        {
            if (underWay++ == 0)
            {
                producer = producers.For(waiting);
            }
            return producer;
        }
    }

    /// <summary>One has arrived, or never will.</summary>
    public void Leave()
    {
        lock (gate)
        {
            underWay--;
        }
    }
}
