using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace BankAccounts.EndToEnd.Tests.Tour;

/// <summary>
/// Compares the answers that a document shows with those of this run, field by field: nothing more,
/// nothing less, in the same order. Ids and positions are compared through the account, times by their
/// form; everything else must be equal.
/// </summary>
public sealed partial class TourAnswers(TourAccount account)
{
    private static readonly TimeSpan LongestTour = TimeSpan.FromMinutes(10);

    /// <summary>Compares an answer.</summary>
    public void Same(string shown, JsonElement answered) =>
        Same("answer", JsonNode.Parse(shown), Grpcurl.Print(answered));

    private void Same(string name, JsonNode? shown, JsonNode? answered)
    {
        switch (shown, answered)
        {
            case (JsonObject one, JsonObject other) when name == "position":
                SamePosition(one, other);
                break;
            case (JsonObject one, JsonObject other):
                Assert.Equal(other.Select(field => field.Key), one.Select(field => field.Key));
                foreach (var (key, value) in one)
                {
                    Same(key, value, other[key]);
                }
                break;
            case (JsonArray one, JsonArray other):
                Assert.Equal(other.Count, one.Count);
                foreach (var (left, right) in one.Zip(other))
                {
                    Same(name, left, right);
                }
                break;
            case (JsonValue one, JsonValue other) when name == "accountId":
                account.SameId((string)one!, (string)other!);
                break;
            case (JsonValue one, JsonValue other) when name.EndsWith("Time", StringComparison.Ordinal):
                SameTime((string)one!, (string)other!);
                break;
            default:
                Assert.True(
                    JsonNode.DeepEquals(shown, answered),
                    $"{name}: {shown?.ToJsonString()} is shown, {answered?.ToJsonString()} was answered.");
                break;
        }
    }

    private void SamePosition(JsonObject shown, JsonObject answered)
    {
        Assert.Empty(shown.Select(field => field.Key).Except(["partition", "offset"]));
        Assert.All(shown, field => Assert.NotEqual("0", field.Value!.ToString()));
        Assert.NotEqual(JsonValueKind.Number, shown["offset"]?.GetValueKind());
        var (shownPartition, shownOffset) = TourAccount.Read(shown);
        var (partition, offset) = TourAccount.Read(answered);
        account.SamePosition(shownPartition, shownOffset, partition, offset);
    }

    private static void SameTime(string shown, string answered)
    {
        Assert.Matches(PrintedTime(), shown);
        Assert.Matches(PrintedTime(), answered);
        var time = DateTimeOffset.Parse(answered, CultureInfo.InvariantCulture);
        Assert.InRange(time, DateTimeOffset.UtcNow - LongestTour, DateTimeOffset.UtcNow.AddMinutes(1));
    }

    [GeneratedRegex(@"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{3})?Z$")]
    private static partial Regex PrintedTime();
}
