using BankAccounts.Tests.Files;

namespace BankAccounts.Deployment.Tests;

/// <summary>The table of docs/CONFIGURATION.md.</summary>
internal static class ConfigurationTable
{
    private static readonly char[] Digits = [.. "0123456789"];

    /// <summary>Its rows, by key.</summary>
    public static IReadOnlyDictionary<string, Row> Rows { get; } =
        File.ReadLines(RepositoryFiles.PathOf("docs", "CONFIGURATION.md"))
            .Where(line => line.StartsWith("| `", StringComparison.Ordinal))
            .Select(Read)
            .ToDictionary(row => row.Key);

    /// <summary>Whether an environment variable is one that the table has, or an entry of a list that it has.</summary>
    public static bool HasVariable(string name) =>
        Rows.Values.Any(row => row.Variable == name || row.Variable == name.TrimEnd(Digits).TrimEnd('_'));

    private static Row Read(string line)
    {
        var cells = line.Split('|', StringSplitOptions.TrimEntries);
        Assert.True(cells.Length == 8 && cells[1..7].All(cell => cell.Length > 0), line);
        return new Row(cells[1].Trim('`'), cells[2].Trim('`'), cells[3], cells[4], cells[5]);
    }

    /// <summary>One key.</summary>
    internal sealed record Row(string Key, string Variable, string Readers, string Default, string Bounds);
}
