using System.Buffers;

namespace Grpc.Core;

/// <summary>Where a deserializer takes a message from, once and in one of the two ways.</summary>
public abstract class DeserializationContext
{
    /// <summary>The length of the message in bytes.</summary>
    public abstract int PayloadLength { get; }

    /// <summary>The message in an array that belongs to the caller.</summary>
    public virtual byte[] PayloadAsNewBuffer() => throw NotOverridden(nameof(PayloadAsNewBuffer));

    /// <summary>The message in memory that is valid only until the deserializer returns.</summary>
    public virtual ReadOnlySequence<byte> PayloadAsReadOnlySequence() =>
        throw NotOverridden(nameof(PayloadAsReadOnlySequence));

    private NotSupportedException NotOverridden(string member) =>
        new($"{GetType()} does not support {member}.");
}
