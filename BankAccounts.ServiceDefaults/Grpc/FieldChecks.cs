using System.Globalization;
using Google.Protobuf;
using Grpc.Core;
using Status = Google.Rpc.Status;

namespace BankAccounts.ServiceDefaults.Grpc;

/// <summary>
/// Checks the fields of one request against <see cref="Bounds"/> and collects what is wrong with them.
/// </summary>
public sealed class FieldChecks
{
    /// <summary>Null while nothing is wrong: the usual case.</summary>
    private List<FieldViolation>? violations;

    /// <summary>An account id; the default one if it is malformed.</summary>
    public AccountId AccountId(string field, string text)
    {
        if (!BankAccounts.AccountId.TryParse(text, out var id))
        {
            Add(field, "must be an account id as CreateAccount gives it: a UUID of version 8, 36 characters.");
        }
        return id;
    }

    /// <summary>An amount of money, as it is.</summary>
    public long Amount(string field, long amount)
    {
        if (!Bounds.IsAmount(amount))
        {
            Add(field, string.Create(
                CultureInfo.InvariantCulture, $"must be 1 to {Bounds.MaxAmount} minor units, but is {amount}."));
        }
        return amount;
    }

    /// <summary>An ISO 4217 code in the field <c>currency_code</c>, as UTF-8.</summary>
    public ByteString CurrencyCode(string code)
    {
        var utf8 = ByteString.CopyFromUtf8(code);
        if (!Bounds.IsCurrencyCode(utf8.Span))
        {
            Add("currency_code", "must be an ISO 4217 code, three capital letters.");
        }
        return utf8;
    }

    /// <summary>Text of so many Unicode scalars, as UTF-8.</summary>
    public ByteString Text(string field, string text, int min, int max)
    {
        var utf8 = text.Length == 0 ? ByteString.Empty : ByteString.CopyFromUtf8(text);
        if (!Bounds.IsText(utf8.Span, min, max))
        {
            Add(field, string.Create(
                CultureInfo.InvariantCulture,
                $"must be {min} to {max} Unicode scalars of well-formed UTF-8 without control characters and U+FFFD."));
        }
        return utf8;
    }

    /// <summary>The number of a partition, of a bank that has so many.</summary>
    public void Partition(string field, int partition, int count)
    {
        if (partition < 0 || partition >= count)
        {
            Add(field, string.Create(CultureInfo.InvariantCulture, $"must be a number from 0 to {count - 1}."));
        }
    }

    /// <summary>The field <c>page_size</c> (AIP-158): how many a page may have.</summary>
    public int PageSize(int pageSize, int usual, int most)
    {
        if (pageSize < 0)
        {
            Add("page_size", string.Create(CultureInfo.InvariantCulture, $"must be 0 to {most}, and not negative."));
        }
        return pageSize == 0 ? usual : Math.Min(pageSize, most);
    }

    /// <summary>Notes that a field is malformed.</summary>
    public void Add(string field, string description) =>
        (violations ??= []).Add(new FieldViolation(field, description));

    /// <summary>INVALID_ARGUMENT with a BadRequest; null if no field is malformed.</summary>
    public Status? Error() => violations is not null ? BankErrors.Malformed(violations) : null;

    /// <summary>Refuses the request if any field is malformed.</summary>
    /// <exception cref="RpcException">INVALID_ARGUMENT with a BadRequest.</exception>
    public void ThrowIfAny()
    {
        if (Error() is { } error)
        {
            throw error.ToRpcException();
        }
    }
}
