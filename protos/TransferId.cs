using System.Globalization;

namespace BankAccounts;

/// <summary>A transfer's id: where its command stands in the log. Callers treat it as opaque.</summary>
public readonly record struct TransferId(int Partition, long Offset)
{
    /// <summary>Reads the text form. False if it is not a transfer's id.</summary>
    public static bool TryParse(string? text, out TransferId id)
    {
        id = default;
        var parts = text?.Split('-');
        if (parts is not [var partition, var offset]
            || !int.TryParse(partition, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            || !long.TryParse(offset, NumberStyles.None, CultureInfo.InvariantCulture, out var place))
        {
            return false;
        }
        id = new TransferId(number, place);
        return id.ToString() == text;
    }

    /// <summary>The text form.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Partition}-{Offset}");
}
