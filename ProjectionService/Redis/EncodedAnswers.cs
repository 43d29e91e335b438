using System.Buffers;
using BankAccounts.ProjectionService.Ledger;
using BankAccounts.ServiceDefaults.Redis;
using BankAccounts.Store.V1;
using Google.Protobuf;

namespace BankAccounts.ProjectionService.Redis;

/// <summary>
/// The answers of a batch as elements of <see cref="DecisionBatch"/> and of <see cref="DecisionChunk"/>, which are
/// the same bytes: each is encoded once, whether it is pushed, kept or both.
/// </summary>
public sealed class EncodedAnswers
{
    /// <summary>About what an answer has: three numbers, a process and a decision of three more.</summary>
    private const int OrdinarySize = 64;

    private readonly ArrayBufferWriter<byte> bytes;
    private readonly int[] ends;

    /// <summary>Encodes the answers of a batch.</summary>
    public EncodedAnswers(IReadOnlyList<Answer> answers)
    {
        bytes = new ArrayBufferWriter<byte>(Math.Max(1, answers.Count) * OrdinarySize);
        ends = new int[answers.Count];
        // These are filled again and again: a message of one element is that element with its tag and its length.
        var decision = new StoredDecision();
        var pushed = new PushedDecision();
        var element = new DecisionChunk { Decisions = { pushed } };
        for (var i = 0; i < ends.Length; i++)
        {
            Fill(pushed, decision, answers[i]);
            var size = element.CalculateSize();
            element.WriteTo(bytes.GetSpan(size)[..size]);
            bytes.Advance(size);
            ends[i] = bytes.WrittenCount;
        }
    }

    /// <summary>The bytes of an answer.</summary>
    public ReadOnlySpan<byte> this[int index] =>
        bytes.WrittenSpan[(index == 0 ? 0 : ends[index - 1])..ends[index]];

    private static void Fill(PushedDecision pushed, StoredDecision decision, in Answer answer)
    {
        pushed.ProducerSequence = answer.To.ProducerSequence;
        pushed.Offset = answer.Offset;
        pushed.VoidReason = answer.Void?.Reason ?? VoidReason.Unspecified;
        pushed.FirstOffset = answer.Void?.FirstOffset ?? 0;
        pushed.Decision = null;
        if (answer.Decision is { } decided)
        {
            HistoryLeaves.Fill(decision, decided);
            pushed.Decision = decision;
        }
        KeptDecisions.SetProducer(pushed, answer.To.ProducerId.Span);
    }
}
