namespace BankAccounts.Bench.Calls;

/// <summary>
/// Writes requests as protobuf would, with fixed places for what changes: the account ids, 36 bytes each. A test
/// reads them with the generated classes.
/// </summary>
public static class Requests
{
    /// <summary>The size of an account id in text.</summary>
    public const int IdSize = AccountId.TextLength;

    /// <summary>Tags from here on are three bytes long, up to <see cref="LastTag"/>.</summary>
    public const int FirstTag = 1 << 14;

    /// <summary>The last tag of three bytes.</summary>
    public const int LastTag = (1 << 21) - 1;

    /// <summary>The size of a request of one command by a call of its own.</summary>
    public const int UnarySize = 2 + IdSize + 2;

    private const int CommandHead = 2 + 4 + 2;

    // Field keys: number << 3 | wire type (0 varint, 2 length-delimited).
    private const byte Commands = 0x0A;
    private const byte Tag = 0x08;
    private const byte FirstId = 0x0A;
    private const byte SecondId = 0x12;
    private const byte AmountOfOne = 0x10;
    private const byte AmountOfTransfer = 0x18;

    /// <summary>The request of a deposit or a withdrawal of one minor unit.</summary>
    public static byte[] Unary(ReadOnlySpan<byte> id)
    {
        var request = new byte[UnarySize];
        WriteOne(request, id);
        return request;
    }

    /// <summary>The size of one command in a batch.</summary>
    public static int CommandSize(CommandKind kind) =>
        CommandHead + (kind == CommandKind.Transfer ? 2 * (2 + IdSize) + 2 : UnarySize);

    /// <summary>Writes one command of a batch: one minor unit.</summary>
    /// <param name="destination">As many bytes as <see cref="CommandSize"/> says.</param>
    /// <param name="tag">FirstTag … LastTag.</param>
    /// <param name="kind">What is asked.</param>
    /// <param name="id">The account; that which pays.</param>
    /// <param name="otherId">Of a transfer, the account that receives.</param>
    public static void WriteCommand(
        Span<byte> destination, int tag, CommandKind kind, ReadOnlySpan<byte> id, ReadOnlySpan<byte> otherId)
    {
        (destination[0], destination[1]) = (Commands, (byte)(destination.Length - 2));
        destination[2] = Tag;
        destination[3] = (byte)(tag | 0x80);
        destination[4] = (byte)((tag >> 7) | 0x80);
        destination[5] = (byte)(tag >> 14);
        destination[6] = (byte)(((int)kind << 3) | 2);
        destination[7] = (byte)(destination.Length - CommandHead);
        var request = destination[CommandHead..];
        if (kind != CommandKind.Transfer)
        {
            WriteOne(request, id);
            return;
        }
        WriteId(request, FirstId, id);
        WriteId(request[(2 + IdSize)..], SecondId, otherId);
        (request[^2], request[^1]) = (AmountOfTransfer, 1);
    }

    private static void WriteOne(Span<byte> request, ReadOnlySpan<byte> id)
    {
        WriteId(request, FirstId, id);
        (request[^2], request[^1]) = (AmountOfOne, 1);
    }

    private static void WriteId(Span<byte> request, byte key, ReadOnlySpan<byte> id)
    {
        (request[0], request[1]) = (key, IdSize);
        id.CopyTo(request[2..]);
    }
}

/// <summary>What a command of a batch asks, by the number of its field in the contract.</summary>
public enum CommandKind
{
    Deposit = 3,
    Withdraw = 4,
    Transfer = 5,
}
