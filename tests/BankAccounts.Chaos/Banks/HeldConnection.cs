namespace BankAccounts.Chaos;

/// <summary>
/// A connection to Redis of which, from the next commit on, nothing arrives for a while, and then all of it. What Redis
/// answers to commits is looked at on the way back: the process that sent them may have given up waiting.
/// </summary>
/// <param name="commit">What a commit begins with: the SHA-1 of its script in hexadecimal, as EVALSHA takes it.</param>
internal sealed class HeldConnection(byte[] commit)
{
    private readonly TaskCompletionSource flowing = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private byte[] tail = [];
    private int refusals;
    private volatile bool hasCommit;

    /// <summary>Whether a commit is held.</summary>
    public bool HasCommit => hasCommit;

    /// <summary>How many commits Redis has refused on it.</summary>
    public int Refusals => Volatile.Read(ref refusals);

    /// <summary>An array of five that begins with 0: what commit.lua returns if Redis stands elsewhere (RESP).</summary>
    private static ReadOnlySpan<byte> Refusal => "*5\r\n:0\r\n$"u8;

    /// <summary>Lets through what was held.</summary>
    public void Release() => flowing.TrySetResult();

    /// <summary>Something was sent. A commit waits here, and everything behind it.</summary>
    public async Task PassAsync(ReadOnlyMemory<byte> sent, CancellationToken cancellation)
    {
        hasCommit |= sent.Span.IndexOf(commit) >= 0;
        if (hasCommit)
        {
            await flowing.Task.WaitAsync(cancellation);
        }
    }

    /// <summary>Something was answered. A refusal may stand on the border of two pieces.</summary>
    public void PassBack(ReadOnlySpan<byte> answer)
    {
        byte[] text = [.. tail, .. answer];
        var rest = text.AsSpan();
        for (int at; (at = rest.IndexOf(Refusal)) >= 0;)
        {
            Interlocked.Increment(ref refusals);
            rest = rest[(at + Refusal.Length)..];
        }
        tail = rest[Math.Max(0, rest.Length - (Refusal.Length - 1))..].ToArray();
    }
}
