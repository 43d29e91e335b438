using System.Text.Json;
using System.Text.Json.Serialization;
using Aspire.Dashboard.Metrics;

namespace Aspire.Dashboard;

/// <summary>What an application wants to be shown of its telemetry, in a file beside it.</summary>
internal sealed record DashboardFile
{
    internal const int MaxPlots = 12;
    internal const int MaxLines = 4;
    internal const int MaxSpanLabels = 8;

    private static readonly JsonSerializerOptions s_json = new(JsonSerializerDefaults.Web)
    {
        ReadCommentHandling = JsonCommentHandling.Skip,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase, allowIntegerValues: false) },
    };

    /// <summary>Measurements that no plot names are not kept.</summary>
    public IReadOnlyList<Plot> Plots { get; init; } = [];

    /// <summary>Attributes of spans whose values stand beside the names, in this order.</summary>
    public IReadOnlyList<string> SpanLabels { get; init; } = [];

    /// <exception cref="JsonException">It is something else, or too much.</exception>
    internal static DashboardFile Read(string json)
    {
        var file = JsonSerializer.Deserialize<DashboardFile>(json, s_json) ?? new DashboardFile();
        return file.Plots.Count <= MaxPlots && file.SpanLabels.Count <= MaxSpanLabels
            && file.Plots.All(plot => plot.Lines.Count is >= 1 and <= MaxLines)
            ? file
            : throw new JsonException(
                $"There are at most {MaxPlots} plots of 1 to {MaxLines} lines, and {MaxSpanLabels} labels.");
    }
}
