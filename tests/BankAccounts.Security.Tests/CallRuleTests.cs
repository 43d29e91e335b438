using System.Text.RegularExpressions;
using BankAccounts.ServiceDefaults.Security;
using BankAccounts.Tests.Files;

namespace BankAccounts.Security.Tests;

/// <summary>Every method of the contracts has a rule, and docs/SECURITY.md says which.</summary>
public sealed partial class CallRuleTests
{
    private static readonly string[] Methods =
    [
        .. new[]
        {
            V1.CommandServiceReflection.Descriptor, V1.QueryServiceReflection.Descriptor, V1.LedgerServiceReflection.Descriptor,
        }.SelectMany(file => file.Services).SelectMany(service => service.Methods)
        .Select(method => $"/{method.Service.FullName}/{method.Name}"),
    ];

    [Fact]
    public void Every_method_of_the_bank_has_a_rule_and_no_rule_is_for_a_method_that_is_not_there()
    {
        Assert.InRange(Methods.Length, 19, 1_000);
        Assert.Equal(
            Methods.Order(StringComparer.Ordinal),
            CallRules.All.Keys.Where(method => method.StartsWith("/bankaccounts.", StringComparison.Ordinal))
                .Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Whoever_moves_money_does_not_look_after_the_ledger_and_the_other_way_round()
    {
        Assert.All(CallRules.All, rule => Assert.NotEmpty(rule.Value));
        Assert.All(RulesOf("CommandService"), roles => Assert.Equal([Roles.Teller], roles));
        Assert.All(RulesOf("QueryService"), roles => Assert.Equal([Roles.Reader, Roles.Teller], roles));
        Assert.All(RulesOf("LedgerService"), roles => Assert.Equal([Roles.Operator], roles));
    }

    [Fact]
    public void The_document_has_the_same_table()
    {
        var rows = File.ReadLines(RepositoryFiles.PathOf("docs", "SECURITY.md"))
            .Select(line => Row().Match(line))
            .Where(row => row.Success)
            .Select(row => $"{row.Groups["method"].Value}: {row.Groups["roles"].Value}");

        Assert.Equal(
            CallRules.All.Select(rule => $"{Short(rule.Key)}: {string.Join(", ", rule.Value)}").Order(StringComparer.Ordinal),
            rows.Order(StringComparer.Ordinal));
    }

    private static IEnumerable<string[]> RulesOf(string service) => CallRules.All
        .Where(rule => rule.Key.StartsWith($"/bankaccounts.v1.{service}/", StringComparison.Ordinal))
        .Select(rule => rule.Value);

    private static string Short(string method) =>
        method[1..].Replace("bankaccounts.v1.", string.Empty, StringComparison.Ordinal);

    [GeneratedRegex(@"^\| `(?<method>[\w.]+/\w+)` \| (?<roles>[a-z, ]+) \|$")]
    private static partial Regex Row();
}
