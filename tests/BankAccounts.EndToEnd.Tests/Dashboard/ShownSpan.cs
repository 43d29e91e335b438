using System.Text.Json;

namespace BankAccounts.EndToEnd.Tests.Dashboard;

/// <summary>A row of the waterfall as it is on the screen; places are in pixels.</summary>
internal sealed record ShownSpan(
    string Id, int Depth, string Text, IReadOnlyList<string> Labels, double RowTop, double RowBottom, double Begin, double End)
{
    public static ShownSpan Of(JsonElement shown)
    {
        var (row, bar) = (shown.GetProperty("row"), shown.GetProperty("bar"));
        string[] labels = [.. shown.GetProperty("labels").EnumerateArray().Select(label => label.GetString()!)];
        var kind = shown.GetProperty("kind").GetString();
        return new ShownSpan(
            shown.GetProperty("id").GetString()!,
            shown.GetProperty("depth").GetInt32(),
            string.Join(' ', [shown.GetProperty("service").GetString()!, kind, shown.GetProperty("name").GetString()!, .. labels]),
            labels,
            Number(row, "top"), Number(row, "bottom"), Number(bar, "left"), Number(bar, "right"));
    }

    public static double Number(JsonElement of, string name) => of.GetProperty(name).GetDouble();

    /// <summary>
    /// The tree without what depends on the moment: reads of what was not in memory, and repetitions by a source
    /// that did not get its answer within a second.
    /// </summary>
    public static IReadOnlyList<ShownSpan> Told(IReadOnlyList<ShownSpan> rows)
    {
        var told = new List<ShownSpan>();
        for (var place = 0; place < rows.Count; place++)
        {
            var below = rows.Skip(place + 1).TakeWhile(row => row.Depth > rows[place].Depth).ToList();
            if (below.Any(row => row.Depth == rows[place].Depth + 1 && row.Labels.Contains("void")))
            {
                place += below.Count;
            }
            else if (!rows[place].Text.Contains("prefetch.lua", StringComparison.Ordinal))
            {
                told.Add(rows[place]);
            }
        }
        return told;
    }
}

/// <summary>A line from one span to another, from point to point.</summary>
internal sealed record ShownLink(string From, string To, (double X, double Y) Begin, (double X, double Y) End)
{
    public static ShownLink Of(JsonElement shown) => new(
        shown.GetProperty("from").GetString()!,
        shown.GetProperty("to").GetString()!,
        Point(shown.GetProperty("begin")),
        Point(shown.GetProperty("end")));

    private static (double X, double Y) Point(JsonElement point) =>
        (ShownSpan.Number(point, "x"), ShownSpan.Number(point, "y"));
}
