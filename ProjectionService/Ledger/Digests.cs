using System.Buffers.Binary;
using BankAccounts.Store.V1;
using Google.Protobuf;

namespace BankAccounts.ProjectionService.Ledger;

/// <summary>
/// The two chains that make histories comparable: over the records, and over what became of them.
/// d₀ is 32 zero bytes; dₙ = SHA-256(dₙ₋₁ ‖ …), integers big endian. Equal digests at equal positions
/// mean equal histories.
/// </summary>
public static class Digests
{
    /// <summary>The size of a digest in bytes.</summary>
    public const int Size = Bounds.DigestSize;

    private const int NullLength = -1;

    /// <summary>What is to be hashed is laid out on the stack up to this size in bytes.</summary>
    private const int MaxStackSize = 1024;

    /// <summary>d₀: nothing has been read.</summary>
    public static byte[] Empty() => new byte[Size];

    /// <summary>… ‖ offset ‖ key ‖ value, the last two after their lengths; a null has length −1.</summary>
    public static byte[] AddRecord(byte[] digest, in LogEntry entry)
    {
        var size = Size + 8 + 4 + (entry.Key?.Length ?? 0) + 4 + (entry.Value?.Length ?? 0);
        Span<byte> buffer = size <= MaxStackSize ? stackalloc byte[size] : new byte[size];
        digest.CopyTo(buffer);
        BinaryPrimitives.WriteInt64BigEndian(buffer[Size..], entry.Offset);
        var rest = Append(buffer[(Size + 8)..], entry.Key);
        Append(rest, entry.Value);
        return Sha256.Of(buffer);
    }

    /// <summary>… ‖ offset ‖ reason ‖ balance ‖ version ‖ offset of the first decision.</summary>
    /// <remarks>The reason of a pending transfer counts as 2³¹ − 1.</remarks>
    public static byte[] AddDecision(byte[] digest, long offset, in Decision decision) => Add(
        digest,
        offset,
        decision.IsPending ? int.MaxValue : (int)decision.Reason,
        decision.Balance,
        decision.Version,
        decision.Offset);

    /// <summary>
    /// The chain over the transfers of a channel: … ‖ sequence ‖ offset of the command ‖ source ‖
    /// destination ‖ amount ‖ length and bytes of the currency.
    /// </summary>
    public static byte[] AddTransfer(
        byte[] digest,
        long sequence,
        long offset,
        ByteString from,
        ByteString to,
        long amount,
        ByteString currencyCode)
    {
        const int fixedSize = Size + 8 + 8 + AccountId.Size + AccountId.Size + 8 + 4;
        var size = fixedSize + currencyCode.Length;
        Span<byte> buffer = size <= MaxStackSize ? stackalloc byte[size] : new byte[size];
        digest.CopyTo(buffer);
        BinaryPrimitives.WriteInt64BigEndian(buffer[Size..], sequence);
        BinaryPrimitives.WriteInt64BigEndian(buffer[(Size + 8)..], offset);
        from.Span.CopyTo(buffer[(Size + 16)..]);
        to.Span.CopyTo(buffer[(Size + 16 + AccountId.Size)..]);
        BinaryPrimitives.WriteInt64BigEndian(buffer[(fixedSize - 12)..], amount);
        BinaryPrimitives.WriteInt32BigEndian(buffer[(fixedSize - 4)..], currencyCode.Length);
        currencyCode.Span.CopyTo(buffer[fixedSize..]);
        return Sha256.Of(buffer);
    }

    /// <summary>… ‖ offset ‖ −(void reason) ‖ 0 ‖ 0 ‖ offset of the first arrival or −1.</summary>
    public static byte[] AddVoid(byte[] digest, long offset, VoidReason reason, long firstOffset) =>
        Add(digest, offset, -(int)reason, 0, 0, firstOffset);

    private static byte[] Add(
        byte[] digest, long offset, int code, long balance, long version, long firstOffset)
    {
        Span<byte> buffer = stackalloc byte[Size + 8 + 4 + 8 + 8 + 8];
        digest.CopyTo(buffer);
        BinaryPrimitives.WriteInt64BigEndian(buffer[Size..], offset);
        BinaryPrimitives.WriteInt32BigEndian(buffer[(Size + 8)..], code);
        BinaryPrimitives.WriteInt64BigEndian(buffer[(Size + 12)..], balance);
        BinaryPrimitives.WriteInt64BigEndian(buffer[(Size + 20)..], version);
        BinaryPrimitives.WriteInt64BigEndian(buffer[(Size + 28)..], firstOffset);
        return Sha256.Of(buffer);
    }

    private static Span<byte> Append(Span<byte> buffer, byte[]? bytes)
    {
        BinaryPrimitives.WriteInt32BigEndian(buffer, bytes?.Length ?? NullLength);
        bytes?.CopyTo(buffer[4..]);
        return buffer[(4 + (bytes?.Length ?? 0))..];
    }
}
