using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Google.Protobuf.WellKnownTypes;

namespace BankAccounts.EndToEnd.Tests.Tour;

/// <summary>
/// How grpcurl prints what our foreign client answers with proto names: fields under their JSON names, a
/// google.protobuf.Timestamp (a field named <c>…_time</c>) as text, status codes as Go calls them.
/// </summary>
public static class Grpcurl
{
    /// <summary>An answer as grpcurl prints it.</summary>
    public static JsonObject Print(JsonElement answer) => new(answer.EnumerateObject().Select(field =>
        KeyValuePair.Create(JsonName(field.Name), Print(field.Name, field.Value))));

    /// <summary>A status code, FAILED_PRECONDITION, as grpcurl prints it, FailedPrecondition.</summary>
    public static string PrintCode(string code) => string.Concat(code.Split('_').Select(Capitalized));

    private static JsonNode? Print(string name, JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object when name.EndsWith("_time", StringComparison.Ordinal) => PrintTime(value),
        JsonValueKind.Object => Print(value),
        JsonValueKind.Array => new JsonArray([.. value.EnumerateArray().Select(item => Print(name, item))]),
        _ => JsonNode.Parse(value.GetRawText()),
    };

    private static JsonNode? PrintTime(JsonElement time)
    {
        var timestamp = new Timestamp
        {
            Seconds = long.Parse(time.GetProperty("seconds").GetString()!, CultureInfo.InvariantCulture),
            Nanos = time.TryGetProperty("nanos", out var nanos) ? nanos.GetInt32() : 0,
        };
        return JsonNode.Parse(timestamp.ToString());
    }

    private static string JsonName(string protoName)
    {
        var words = protoName.Split('_');
        return words[0] + string.Concat(words.Skip(1).Select(Capitalized));
    }

    private static string Capitalized(string word) =>
        word[..1].ToUpperInvariant() + word[1..].ToLowerInvariant();
}
