using System.Globalization;
using System.Text.Json.Nodes;

namespace BankAccounts.EndToEnd.Tests.Tour;

/// <summary>
/// The account that a document's tour is about, as the document shows it and as it is in this run: its
/// id and its offsets are learned from the first answers and hold from then on. Nobody else may append
/// meanwhile, so that offsets differ from the shown ones always by the same.
/// </summary>
public sealed class TourAccount
{
    private AccountId? shownId;
    private AccountId actualId;
    private long? shift;

    /// <summary>An id as it is shown and as it was answered: learned once, the same ever after.</summary>
    public void SameId(string shown, string answered)
    {
        Assert.True(AccountId.TryParse(shown, out var shownNow), $"{shown} is no account id.");
        Assert.True(AccountId.TryParse(answered, out var actualNow), $"{answered} is no account id.");
        if (shownId is null)
        {
            (shownId, actualId) = (shownNow, actualNow);
        }
        Assert.Equal((shownId, actualId), (shownNow, actualNow));
    }

    /// <summary>A position as it is shown and as it was answered.</summary>
    public void SamePosition(int shownPartition, long shownOffset, int partition, long offset)
    {
        Assert.True(shownId is not null, "A position is shown before any account.");
        Assert.Equal((shownId.Value.Partition, actualId.Partition), (shownPartition, partition));
        shift ??= offset - shownOffset;
        var expected = shownOffset + shift;
        Assert.True(
            offset == expected,
            $"Offset {shownOffset} is shown, which is {expected} in this run, but {offset} was answered.");
    }

    /// <summary>The request that this run has to make in place of the one that is shown.</summary>
    public string Translate(string request)
    {
        var translated = shownId is null
            ? request
            : request.Replace(shownId.Value.ToString(), actualId.ToString(), StringComparison.Ordinal);
        var fields = JsonNode.Parse(translated)!.AsObject();
        foreach (var position in fields["min_position"]?.AsArray() ?? [])
        {
            Translate(position!.AsObject());
        }
        return fields.ToJsonString();
    }

    private void Translate(JsonObject position)
    {
        var (partition, offset) = Read(position);
        Assert.Equal(shownId?.Partition, partition);
        Assert.True(shift is not null, "A position is asked for before any answer had one.");
        position["partition"] = actualId.Partition;
        position["offset"] = (offset + shift.Value).ToString(CultureInfo.InvariantCulture);
    }

    /// <summary>Reads a position in JSON, in which zeros are left out.</summary>
    public static (int Partition, long Offset) Read(JsonObject position) =>
        ((int?)position["partition"] ?? 0,
            long.Parse(position["offset"]?.ToString() ?? "0", CultureInfo.InvariantCulture));
}
