using BankAccounts.V1;

namespace BankAccounts.Bench.Calls;

/// <summary>
/// Reads answers out of the bytes of a response without building messages: the generator shares the machine with
/// what it measures. The field numbers are the contract's, and a test compares it with the generated classes.
/// </summary>
public static class AnswerReader
{
    private const int LengthDelimited = 2;

    /// <summary>Reads a DepositResponse, WithdrawResponse or TransferResponse.</summary>
    public static Answer ReadResponse(ReadOnlySpan<byte> response) => ReadDecisionOf(response, tag: 0);

    /// <summary>Reads an ExecuteResponse, whose results are of deposits, withdrawals and transfers.</summary>
    /// <returns>How many answers there are; each was given to <paramref name="take"/>.</returns>
    public static int ReadBatch(ReadOnlySpan<byte> response, Action<Answer> take)
    {
        ArgumentNullException.ThrowIfNull(take);
        var count = 0;
        while (Next(ref response, out var field, out _, out var result))
        {
            if (field == ExecuteResponse.ResultsFieldNumber)
            {
                take(ReadResult(result));
                count++;
            }
        }
        return count;
    }

    private static Answer ReadResult(ReadOnlySpan<byte> result)
    {
        var answer = default(Answer);
        ulong tag = 0;
        while (Next(ref result, out var field, out var number, out var content))
        {
            if (field == CommandResult.TagFieldNumber)
            {
                tag = number;
            }
            else if (field is CommandResult.DepositFieldNumber or CommandResult.WithdrawFieldNumber
                or CommandResult.TransferFieldNumber)
            {
                answer = ReadDecisionOf(content, tag);
            }
        }
        return answer with { Tag = tag };
    }

    private static Answer ReadDecisionOf(ReadOnlySpan<byte> response, ulong tag)
    {
        var answer = new Answer(tag, AnswerKind.Error, 0, 0);
        while (Next(ref response, out var field, out _, out var decision))
        {
            if (field == DepositResponse.DecisionFieldNumber)
            {
                answer = ReadDecision(decision, tag);
            }
        }
        return answer;
    }

    private static Answer ReadDecision(ReadOnlySpan<byte> decision, ulong tag)
    {
        var (kind, partition, offset) = (AnswerKind.Error, 0, 0L);
        while (Next(ref decision, out var field, out var number, out var content))
        {
            if (field == Decision.OutcomeFieldNumber)
            {
                kind = (Outcome)number switch
                {
                    Outcome.Accepted => AnswerKind.Accepted,
                    Outcome.Pending => AnswerKind.Pending,
                    _ => AnswerKind.Error,
                };
            }
            else if (field == Decision.PositionFieldNumber)
            {
                (partition, offset) = ReadPosition(content);
            }
        }
        return new Answer(tag, kind, partition, offset);
    }

    private static (int Partition, long Offset) ReadPosition(ReadOnlySpan<byte> position)
    {
        var (partition, offset) = (0, 0L);
        while (Next(ref position, out var field, out var number, out _))
        {
            if (field == Position.PartitionFieldNumber)
            {
                partition = (int)number;
            }
            else if (field == Position.OffsetFieldNumber)
            {
                offset = (long)number;
            }
        }
        return (partition, offset);
    }

    /// <summary>Takes the next field off a message. The contract has varints and length-delimited fields only.</summary>
    private static bool Next(
        ref ReadOnlySpan<byte> message, out int field, out ulong number, out ReadOnlySpan<byte> content)
    {
        (field, number) = (0, 0);
        content = default;
        if (message.IsEmpty)
        {
            return false;
        }
        var key = Varint(ref message);
        (field, number) = ((int)(key >> 3), Varint(ref message));
        if ((key & 7) == LengthDelimited)
        {
            content = message[..(int)number];
            message = message[(int)number..];
        }
        else if ((key & 7) != 0)
        {
            throw new InvalidDataException("The answer has a field of a type that the contract does not have.");
        }
        return true;
    }

    private static ulong Varint(ref ReadOnlySpan<byte> message)
    {
        ulong value = 0;
        for (var shift = 0; shift < 64; shift += 7)
        {
            var next = message[0];
            message = message[1..];
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80)
            {
                return value;
            }
        }
        throw new InvalidDataException("A number of the answer is too long.");
    }
}
