using System.Buffers.Binary;

namespace BankAccounts.Fuzz;

/// <summary>One call as it goes over the wire: nothing in it has to be right.</summary>
/// <param name="Service">Which service's address it goes to.</param>
/// <param name="Path">The path of the method.</param>
/// <param name="Body">All that is sent after the headers.</param>
internal sealed record WireCall(BankService Service, string Path, byte[] Body)
{
    public static readonly TimeSpan NoTimeout = TimeSpan.Zero;

    public string Verb { get; init; } = "POST";

    public string? ContentType { get; init; } = "application/grpc";

    /// <summary>Whether the call says that it takes trailers, as every gRPC call does.</summary>
    public bool HasTe { get; init; } = true;

    /// <summary>The deadline that the service is told; <see cref="NoTimeout"/> for none.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(5);

    public IReadOnlyList<(string Name, string Value)> Headers { get; init; } = [];

    /// <summary>Whether it may cost its connection, and so gets one of its own.</summary>
    public bool IsAlone { get; init; }

    /// <summary>A message in gRPC's frame: a byte that says whether it is compressed, and its length.</summary>
    public static byte[] Frame(ReadOnlySpan<byte> message, byte compressed = 0, uint? length = null)
    {
        var frame = new byte[5 + message.Length];
        frame[0] = compressed;
        BinaryPrimitives.WriteUInt32BigEndian(frame.AsSpan(1), length ?? (uint)message.Length);
        message.CopyTo(frame.AsSpan(5));
        return frame;
    }
}

/// <summary>The three services, by their place among the addresses of the bank.</summary>
internal enum BankService
{
    Command,
    Query,
    Ledger,
}
