using System.Buffers.Binary;
using BankAccounts.Store.V1;

namespace BankAccounts.ServiceDefaults.Redis;

/// <summary>Finds decisions in the chunks in which they are kept, and says whose they are.</summary>
public static class KeptDecisions
{
    /// <summary>
    /// The answer to the record at an offset; null if the chunk has none, or is an older one whose place was not
    /// taken yet.
    /// </summary>
    public static PushedDecision? Find(DecisionChunk chunk, long offset)
    {
        foreach (var decision in chunk.Decisions)
        {
            if (decision.Offset == offset)
            {
                return decision;
            }
        }
        return null;
    }

    /// <summary>Notes the process that appended the record: 16 bytes.</summary>
    public static void SetProducer(PushedDecision decision, ReadOnlySpan<byte> id) =>
        (decision.ProducerHigh, decision.ProducerLow) = Halves(id);

    /// <summary>Whether a process appended the record.</summary>
    public static bool IsOf(PushedDecision decision, ReadOnlySpan<byte> id) =>
        (decision.ProducerHigh, decision.ProducerLow) == Halves(id);

    private static (ulong High, ulong Low) Halves(ReadOnlySpan<byte> id) => (
        BinaryPrimitives.ReadUInt64BigEndian(id), BinaryPrimitives.ReadUInt64BigEndian(id[sizeof(ulong)..]));
}
