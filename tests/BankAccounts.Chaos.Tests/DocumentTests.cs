using System.Text.RegularExpressions;
using BankAccounts.Tests.Files;

namespace BankAccounts.Chaos.Tests;

/// <summary>docs/RELIABILITY.md names what there is, and nothing else.</summary>
public sealed partial class DocumentTests
{
    private readonly string document = File.ReadAllText(RepositoryFiles.PathOf("docs", "RELIABILITY.md"));

    [Fact]
    public void Every_fault_has_a_row()
    {
        var rows = Row().Matches(document).Select(row => row.Groups["name"].Value);

        Assert.Equal(AllFaults.All.Select(fault => fault.Name).Order(StringComparer.Ordinal), rows.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Every_invariant_has_a_row()
    {
        for (var number = 1; number <= 10; number++)
        {
            Assert.Contains($"| I{number} |", document, StringComparison.Ordinal);
        }
    }

    [GeneratedRegex(@"^\| `(?<name>[a-z-]+)` \|", RegexOptions.Multiline)]
    private static partial Regex Row();
}
