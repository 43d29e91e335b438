using System.Buffers.Binary;
using System.Diagnostics;
using BankAccounts.Log.V1;
using Google.Protobuf;
using BodyCase = BankAccounts.Log.V1.LogRecord.BodyOneofCase;

namespace BankAccounts.ProjectionService.Ledger;

/// <summary>A request is known within its account: the same id on two accounts is two requests.</summary>
public readonly record struct RequestKey(AccountId Account, ByteString Id);

/// <summary>The first decision on a request, and the fingerprint of what was asked.</summary>
public sealed record RememberedRequest(ByteString Fingerprint, Decision Decision);

/// <summary>A remembered request in the order of remembering, with the stream time of that.</summary>
public readonly record struct RequestAge(RequestKey Key, long RememberedAtMs);

/// <summary>
/// The fingerprint of a request: the first 16 bytes of SHA-256 over its named fields, each with its
/// length. Never over wire bytes, times or generated ids: a retry differs in those.
/// </summary>
public static class Fingerprint
{
    private const int Size = 16;

    /// <summary>The fingerprint of a command.</summary>
    public static ByteString Of(LogRecord command) => command.BodyCase switch
    {
        BodyCase.Create => Hash(
            command.BodyCase, 0, command.Create.HolderName, command.Create.CurrencyCode),
        BodyCase.Deposit => Hash(
            command.BodyCase,
            command.Deposit.Amount,
            command.Deposit.CurrencyCode,
            command.Deposit.Description),
        BodyCase.Withdraw => Hash(
            command.BodyCase,
            command.Withdraw.Amount,
            command.Withdraw.CurrencyCode,
            command.Withdraw.Description),
        BodyCase.Transfer => Hash(
            command.BodyCase,
            command.Transfer.Amount,
            command.Transfer.CurrencyCode,
            command.Transfer.Description,
            command.Transfer.ToAccountId),
        BodyCase.Close => Hash(command.BodyCase, 0),
        _ => throw new UnreachableException(),
    };

    private static ByteString Hash(BodyCase kind, long amount, params ReadOnlySpan<ByteString> texts)
    {
        var size = 4 + 8;
        foreach (var text in texts)
        {
            size += 4 + text.Length;
        }
        var buffer = new byte[size];
        BinaryPrimitives.WriteInt32BigEndian(buffer, (int)kind);
        BinaryPrimitives.WriteInt64BigEndian(buffer.AsSpan(4), amount);
        var rest = buffer.AsSpan(12);
        foreach (var text in texts)
        {
            BinaryPrimitives.WriteInt32BigEndian(rest, text.Length);
            text.Span.CopyTo(rest[4..]);
            rest = rest[(4 + text.Length)..];
        }
        Span<byte> hash = stackalloc byte[Sha256.Size];
        Sha256.Write(buffer, hash);
        return ByteString.CopyFrom(hash[..Size]);
    }
}
