using System.Buffers;

namespace Grpc.Core;

/// <summary>Where a serializer puts a message: all at once, or through a buffer writer.</summary>
public abstract class SerializationContext
{
    /// <summary>Takes the whole message; it must not be changed afterwards.</summary>
    public virtual void Complete(byte[] payload) => throw NotOverridden(nameof(Complete));

    /// <summary>A writer for the message; <see cref="Complete()"/> ends it.</summary>
    public virtual IBufferWriter<byte> GetBufferWriter() =>
        throw NotOverridden(nameof(GetBufferWriter));

    /// <summary>
    /// Says beforehand how many bytes the message has. A hint that may be ignored.
    /// </summary>
    public virtual void SetPayloadLength(int payloadLength)
    {
    }

    /// <summary>Ends a message written through the buffer writer.</summary>
    public virtual void Complete() => throw NotOverridden(nameof(Complete));

    private NotSupportedException NotOverridden(string member) =>
        new($"{GetType()} does not support {member}.");
}
