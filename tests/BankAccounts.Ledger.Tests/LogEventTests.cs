using System.Text.RegularExpressions;

namespace BankAccounts.Ledger.Tests;

/// <summary>The ids of log events stay what they are, and docs/OBSERVABILITY.md lists them.</summary>
public sealed partial class LogEventTests
{
    private static readonly string[] Folders =
        ["BankAccounts.ServiceDefaults", "CommandService", "ProjectionService", "QueryService"];

    [Fact]
    public void Every_log_event_has_an_id_and_a_level_of_its_own_place_and_the_list_of_them_is_complete()
    {
        var sources = Folders.SelectMany(TidyTests.SourcesOf).Select(File.ReadAllText).ToList();
        var events = sources.SelectMany(text => Event().Matches(text)).Select(Row).Order().ToList();

        Assert.InRange(events.Count, 20, 1_000);
        Assert.Equal(sources.Sum(text => AnyEvent().Count(text)), events.Count);
        Assert.Empty(events.GroupBy(row => row.Id).Where(same => same.Count() > 1).Select(same => same.Key));
        Assert.Equal(
            File.ReadLines(Path.Combine(TidyTests.Root(), "docs", "OBSERVABILITY.md"))
                .Select(line => DocumentedEvent().Match(line))
                .Where(row => row.Success)
                .Select(Row),
            events);
    }

    private static (string Id, string Level) Row(Match match) => (match.Groups["id"].Value, match.Groups["level"].Value);

    [GeneratedRegex(@"\[LoggerMessage\(EventId = (?<id>\d{4}), Level = LogLevel\.(?<level>\w+),")]
    private static partial Regex Event();

    [GeneratedRegex(@"\bLoggerMessage(Attribute)?\(|\.Log(Trace|Debug|Information|Warning|Error|Critical)?\(")]
    private static partial Regex AnyEvent();

    [GeneratedRegex(@"^\| (?<id>\d{4}) \| (?<level>\w+) \|")]
    private static partial Regex DocumentedEvent();
}
