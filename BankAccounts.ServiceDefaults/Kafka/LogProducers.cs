using Confluent.Kafka;

namespace BankAccounts.ServiceDefaults.Kafka;

/// <summary>
/// The two producers of a service that appends to the log. One sends a record at once. The other lets it wait some
/// milliseconds (its <c>LingerMs</c>) for others to share a request with: where many are under way, fewer requests save
/// each of them more than that. What a producer is given of a partition stays in order; between two there is none, so a
/// partition changes from one to the other only while nothing of it is under way.
/// </summary>
/// <param name="prompt">Sends at once.</param>
/// <param name="gathering">Lets a record wait.</param>
public sealed class LogProducers(IProducer<byte[], byte[]> prompt, IProducer<byte[], byte[]> gathering)
{
    /// <summary>The name of the gathering producer's settings, and its key as a service.</summary>
    public const string Gathering = "gathering";

    /// <summary>From so many on that wait in a partition, in the mean, records wait for each other.</summary>
    public const int GatherFrom = 8;

    /// <summary>The one that sends at once.</summary>
    public IProducer<byte[], byte[]> Prompt => prompt;

    /// <summary>The one for so many that wait in a partition.</summary>
    public IProducer<byte[], byte[]> For(int waiting) => waiting < GatherFrom ? prompt : gathering;
}
