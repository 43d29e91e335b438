using System.Text.RegularExpressions;
using BankAccounts.Tests.Files;
using Google.Protobuf;

namespace BankAccounts.Deployment.Tests;

/// <summary>What docs/RUNBOOK.md tells an operator to type is there: methods, fields, deployments, keys, headings.</summary>
public sealed partial class RunbookTests
{
    private static readonly string Text = File.ReadAllText(RepositoryFiles.PathOf("docs", "RUNBOOK.md"));

    [Fact]
    public void Every_call_is_one_that_the_contracts_have()
    {
        var services = new[] { V1.LedgerServiceReflection.Descriptor, V1.QueryServiceReflection.Descriptor }
            .SelectMany(file => file.Services).ToDictionary(service => service.FullName);
        var calls = Call().Matches(Text);

        Assert.InRange(calls.Count, 8, 100);
        foreach (Match call in calls)
        {
            var method = services[call.Groups["service"].Value].FindMethodByName(call.Groups["method"].Value);
            Assert.NotNull(method);
            // An unknown field, or a value that does not fit its field, is an error.
            var request = call.Groups["json"].Success ? call.Groups["json"].Value : "{}";
            Assert.NotNull(JsonParser.Default.Parse(request, method.InputType));
        }
        Assert.Equal(Text.Split("grpcurl -").Length - 1, calls.Count);
    }

    [Fact]
    public void Every_field_that_jq_picks_is_one_of_the_answers()
    {
        var known = V1.LedgerServiceReflection.Descriptor.MessageTypes
            .SelectMany(type => type.Fields.InDeclarationOrder())
            .Select(field => field.JsonName)
            .ToHashSet();
        var picked = Jq().Matches(Text)
            .SelectMany(filter => Word().Matches(filter.Groups["filter"].Value).Select(word => word.Value))
            .Except(["select"])
            .ToList();

        Assert.InRange(picked.Count, 5, 100);
        Assert.Equal([], picked.Where(name => !known.Contains(name)));
    }

    [Fact]
    public void Every_state_reason_and_event_that_it_names_is_one_of_the_code()
    {
        var states = V1.LedgerServiceReflection.Descriptor.EnumTypes
            .SelectMany(type => type.Values).Select(value => value.Name).ToHashSet();
        Assert.All(State().Matches(Text), state => Assert.Contains(state.Value, states));

        var projects = Repository.Services.Select(service => service.Project).Append("BankAccounts.ServiceDefaults");
        var sources = projects.SelectMany(project => Directory.EnumerateFiles(
                RepositoryFiles.PathOf(project), "*.cs", SearchOption.AllDirectories))
            .Select(File.ReadAllText).ToList();
        Assert.All(Event().Matches(Text), named => Assert.Contains(
            sources, source => source.Contains($"EventId = {named.Groups["id"].Value},", StringComparison.Ordinal)));
    }

    [Fact]
    public void Every_metric_that_it_names_is_one_that_the_services_have()
    {
        var metrics = File.ReadLines(RepositoryFiles.PathOf("docs", "OBSERVABILITY.md"))
            .Select(line => line.Split('|', StringSplitOptions.TrimEntries))
            .Where(cells => cells.Length > 4 && cells[1].StartsWith("`bank.", StringComparison.Ordinal))
            .SelectMany(cells => Metric().Matches($"{cells[1]} {cells[4]}").Select(name => name.Value))
            .ToHashSet();
        var named = Metric().Matches(Text).Select(name => name.Value).ToList();

        Assert.InRange(named.Count, 8, 100);
        Assert.All(named, name => Assert.Contains(name, metrics));
    }

    [Fact]
    public void Every_deployment_and_variable_that_it_names_exists()
    {
        Assert.All(Deployment().Matches(Text), named => Assert.Contains(
            named.Groups["name"].Value, Repository.Services.Select(service => service.Name)));
        Assert.All(Variable().Matches(Text), named => Assert.True(
            ConfigurationTable.HasVariable(named.Value)
                || named.Value.StartsWith("Aspire__Confluent__Kafka__Producer__Config__", StringComparison.Ordinal),
            named.Value));
    }

    [Theory]
    [InlineData("RUNBOOK.md")]
    [InlineData("CONFIGURATION.md")]
    [InlineData("SECURITY.md")]
    [InlineData("../deploy/README.md")]
    public void Every_link_leads_somewhere(string document)
    {
        var text = File.ReadAllText(RepositoryFiles.PathOf("docs", document));
        var folder = Path.GetDirectoryName(RepositoryFiles.PathOf("docs", document))!;
        foreach (Match link in Link().Matches(text))
        {
            var target = link.Groups["file"].Value is { Length: > 0 } other
                ? Path.Combine(folder, other)
                : RepositoryFiles.PathOf("docs", document);
            Assert.True(Path.Exists(target), link.Value);
            if (link.Groups["anchor"].Value is { Length: > 0 } anchor)
            {
                var anchors = File.ReadLines(target).Where(line => line.StartsWith('#'))
                    .Select(line => NotInAnAnchor().Replace(line.TrimStart('#').Trim().ToLowerInvariant(), string.Empty)
                        .Replace(' ', '-'));
                Assert.Contains(anchor, anchors);
            }
        }
    }

    [GeneratedRegex(@"grpcurl -plaintext(?: -d '(?<json>[^']*)')?(?: \\\n)?\s+\$\w+ (?<service>[\w.]+)/(?<method>\w+)")]
    private static partial Regex Call();

    [GeneratedRegex(@"\| jq '(?<filter>[^']*)'")]
    private static partial Regex Jq();

    [GeneratedRegex(@"(?<![""\w])[a-z]\w*")]
    private static partial Regex Word();

    [GeneratedRegex(@"`bank\.[a-z_.]+`")]
    private static partial Regex Metric();

    [GeneratedRegex(@"PARTITION_STATE_\w+")]
    private static partial Regex State();

    [GeneratedRegex(@"[Ee]vent (?<id>\d{4})")]
    private static partial Regex Event();

    [GeneratedRegex(@"deploy/(?<name>[\w-]+-service)")]
    private static partial Regex Deployment();

    [GeneratedRegex(@"\b[A-Z]\w+__\w+")]
    private static partial Regex Variable();

    [GeneratedRegex(@"\]\((?<file>[\w./-]*)(?:#(?<anchor>[^)]+))?\)")]
    private static partial Regex Link();

    [GeneratedRegex(@"[^\p{L}\p{N}\s_-]")]
    private static partial Regex NotInAnAnchor();
}
