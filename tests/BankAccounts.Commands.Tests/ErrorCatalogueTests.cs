using System.Globalization;
using System.Reflection;
using BankAccounts.ServiceDefaults.Grpc;
using BankAccounts.Store.V1;
using BankAccounts.Tests.Files;

namespace BankAccounts.Commands.Tests;

/// <summary>
/// docs/ERRORS.md and the table in the code are the same. (That no other reason can be raised is the
/// compiler's work: an error takes an ErrorReason, which only the table makes.)
/// </summary>
public sealed class ErrorCatalogueTests
{
    private static readonly string[] Decided = ["account_id", "balance", "version", "partition", "offset"];

    [Fact]
    public void The_document_has_a_row_for_every_reason_and_none_besides()
    {
        var rows = File.ReadLines(RepositoryFiles.PathOf("docs", "ERRORS.md"))
            .Where(line => line.StartsWith("| `", StringComparison.Ordinal))
            .Select(line => line.Split('|', StringSplitOptions.TrimEntries))
            .ToList();

        Assert.All(rows, row => Assert.True(row.Length == 8 && row[5].Length > 0 && row[6].Length > 0, string.Join('|', row)));
        Assert.Equal(
            Reasons.All.Values.Select(Describe).Order(StringComparer.Ordinal),
            rows.Select(Describe).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Every_refusal_of_the_ledger_is_in_the_catalogue()
    {
        foreach (var reason in Enum.GetValues<Reason>().Where(reason => reason != Reason.Unspecified))
        {
            Assert.Equal($"{reason}", Reasons.Of(reason).Name.Replace("_", "", StringComparison.Ordinal), ignoreCase: true);
        }
    }

    [Fact]
    public void Nobody_but_the_catalogue_makes_reasons()
    {
        Assert.Empty(typeof(ErrorReason).GetConstructors(BindingFlags.Public | BindingFlags.Instance));
        Assert.Equal(
            typeof(Reasons).GetFields(BindingFlags.Public | BindingFlags.Static).Length, Reasons.All.Count);
    }

    private static string Describe(ErrorReason reason) => string.Join(" ",
    [
        reason.Name,
        Screaming($"{reason.Code}"),
        reason.RetryAfter?.TotalSeconds.ToString(CultureInfo.InvariantCulture) ?? "-",
        .. reason.Metadata.Order(StringComparer.Ordinal),
    ]);

    private static string Describe(string[] row) => string.Join(" ",
    [
        row[1].Trim('`'),
        row[2],
        row[3].Length == 0 ? "-" : row[3].Replace(" s", "", StringComparison.Ordinal),
        .. (row[4] == "decided" ? Decided : row[4].Split('`').Where((_, index) => index % 2 == 1)).Order(StringComparer.Ordinal),
    ]);

    private static string Screaming(string name) =>
        string.Concat(name.Select((letter, index) => index > 0 && char.IsUpper(letter) ? $"_{letter}" : $"{letter}"))
            .ToUpperInvariant();
}
