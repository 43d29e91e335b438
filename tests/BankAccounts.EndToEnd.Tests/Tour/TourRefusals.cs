using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Google.Protobuf.WellKnownTypes;
using Google.Rpc;

namespace BankAccounts.EndToEnd.Tests.Tour;

/// <summary>
/// Compares the errors that a document shows with those of this run. Reflection tells a client only the
/// types that the services name, and google.rpc is not among them: grpcurl prints such details as bytes.
/// </summary>
public sealed partial class TourRefusals(TourAccount account)
{
    /// <summary>Compares an error with what the foreign client says of it, and gives its reason.</summary>
    public string Same(string shown, JsonElement answered)
    {
        var text = ShownError().Match(shown);
        Assert.True(text.Success, $"Not an error as grpcurl prints it:\n{shown}");
        Assert.Equal(Grpcurl.PrintCode(answered.GetProperty("code").GetString()!), text.Groups["code"].Value);
        Assert.Equal(answered.GetProperty("details").GetString(), text.Groups["message"].Value);

        var trailer = Assert.Single(answered.GetProperty("status_details").EnumerateArray());
        var status = Google.Rpc.Status.Parser.ParseFrom(trailer.GetBytesFromBase64());
        var shownDetail = ShownDetail(text.Groups["detail"].Value.Replace("\n    \t", "\n", StringComparison.Ordinal));
        var detail = Assert.Single(status.Details);
        Assert.Equal(detail.TypeUrl, shownDetail.TypeUrl);
        return Same(shownDetail.Unpack<ErrorInfo>(), detail.Unpack<ErrorInfo>());
    }

    private static Any ShownDetail(string json)
    {
        using var document = JsonDocument.Parse(json);
        var fields = document.RootElement;
        Assert.Equal(["@error", "@type", "@value"], fields.EnumerateObject().Select(field => field.Name));
        var typeUrl = fields.GetProperty("@type").GetString()!;
        Assert.Equal(
            $"{typeUrl.Split('/')[^1]} is not recognized; see @value for raw binary message data",
            fields.GetProperty("@error").GetString());
        return new Any
        {
            TypeUrl = typeUrl,
            Value = Google.Protobuf.ByteString.CopyFrom(fields.GetProperty("@value").GetBytesFromBase64()),
        };
    }

    private string Same(ErrorInfo shown, ErrorInfo answered)
    {
        Assert.Equal((answered.Reason, answered.Domain), (shown.Reason, shown.Domain));
        Assert.Equal(answered.Metadata.Keys.Order(), shown.Metadata.Keys.Order());
        account.SameId(shown.Metadata["account_id"], answered.Metadata["account_id"]);
        account.SamePosition(
            (int)Number(shown, "partition"), Number(shown, "offset"),
            (int)Number(answered, "partition"), Number(answered, "offset"));
        foreach (var key in answered.Metadata.Keys.Except(["account_id", "partition", "offset"]))
        {
            Assert.Equal((key, answered.Metadata[key]), (key, shown.Metadata[key]));
        }
        return answered.Reason;
    }

    private static long Number(ErrorInfo info, string key) =>
        long.Parse(info.Metadata[key], CultureInfo.InvariantCulture);

    [GeneratedRegex(
        @"^ERROR:\n  Code: (?<code>\w+)\n  Message: (?<message>[^\n]+)\n  Details:\n  1\)\t(?<detail>\{.*\})$",
        RegexOptions.Singleline)]
    private static partial Regex ShownError();
}
