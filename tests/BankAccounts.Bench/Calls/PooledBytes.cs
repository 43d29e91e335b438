using System.Buffers;

namespace BankAccounts.Bench.Calls;

/// <summary>A response as it came, in borrowed memory: a large array for each would keep the collector busy.</summary>
internal sealed class PooledBytes : IDisposable
{
    private readonly byte[] rented;
    private readonly int length;

    public PooledBytes(ReadOnlySequence<byte> content)
    {
        length = checked((int)content.Length);
        rented = ArrayPool<byte>.Shared.Rent(length);
        content.CopyTo(rented);
    }

    public ReadOnlySpan<byte> Span => rented.AsSpan(0, length);

    /// <summary>Gives the memory back. Once only.</summary>
    public void Dispose() => ArrayPool<byte>.Shared.Return(rented);
}
