using BankAccounts.ProjectionService.Ledger;
using BankAccounts.ServiceDefaults.Redis;

namespace BankAccounts.ProjectionService.Redis;

/// <summary>The chunks in which the latest decisions are kept.</summary>
public sealed partial class CommitEncoder
{
    /// <summary>
    /// The answers to the batch's own records, chunk by chunk. A chunk that begins with the batch takes its place,
    /// also if it has no answer yet; otherwise it grows. So it is the same however records fell into batches.
    /// </summary>
    private void AddDecisions(Changes changes, EncodedAnswers answers, long from, long to, long latestFor)
    {
        if (to == from)
        {
            return;
        }
        var last = RedisKeys.ChunkOf(to - 1);
        var first = Math.Max(RedisKeys.ChunkOf(from), RedisKeys.OldestChunkAt(latestFor));
        var own = OwnAnswers(changes.Answers, from);
        var next = 0;
        for (var chunk = first; chunk <= last; chunk++)
        {
            while (next < own.Count && RedisKeys.ChunkOf(changes.Answers[own[next]].Offset) < chunk)
            {
                next++;
            }
            var begins = chunk * RedisKeys.ChunkOffsets >= from;
            if (next == own.Count || RedisKeys.ChunkOf(changes.Answers[own[next]].Offset) > chunk)
            {
                if (begins)
                {
                    pack.Bare("DEL", keys.Decisions(chunk));
                }
                continue;
            }
            pack.For(begins ? "SET" : "APPEND", keys.Decisions(chunk));
            var arguments = pack.Arguments(1);
            var value = arguments.BeginBytes();
            for (; next < own.Count && RedisKeys.ChunkOf(changes.Answers[own[next]].Offset) == chunk; next++)
            {
                arguments.Piece(answers[own[next]]);
            }
            arguments.EndBytes(value);
        }
    }

    /// <summary>
    /// The answers to the batch's own records, the first to each; their offsets grow. A settlement answers the command
    /// of its transfer, which stands before it: that answer is kept with the transfer.
    /// </summary>
    private static List<int> OwnAnswers(List<Answer> answers, long from)
    {
        var own = new List<int>(answers.Count);
        var next = from;
        for (var i = 0; i < answers.Count; i++)
        {
            if (answers[i].Offset >= next)
            {
                own.Add(i);
                next = answers[i].Offset + 1;
            }
        }
        return own;
    }
}
