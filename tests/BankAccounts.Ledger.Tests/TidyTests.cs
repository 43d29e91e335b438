namespace BankAccounts.Ledger.Tests;

/// <summary>Rules of style that a program can check, over the source tree.</summary>
public sealed class TidyTests
{
    private const int MaxLines = 300;
    private const int MaxColumns = 120;

    private static readonly string[] Folders =
        ["BankAccounts.AppHost", "BankAccounts.ServiceDefaults", "CommandService", "ProjectionService", "QueryService", "protos"];

    [Fact]
    public void Files_and_lines_of_the_product_are_short_and_end_as_they_should()
    {
        var files = Folders.SelectMany(SourcesOf).ToList();
        Assert.InRange(files.Count, 50, 10_000);
        Assert.Equal(string.Empty, string.Join('\n', files.SelectMany(Untidy)));
    }

    private static IEnumerable<string> Untidy(string file)
    {
        var text = File.ReadAllText(file);
        var lines = text.Split('\n');
        var name = Path.GetRelativePath(Root(), file);
        if (lines.Length > MaxLines + 1)
        {
            yield return $"{name} has {lines.Length - 1} lines";
        }
        if (!text.EndsWith('\n') || text.EndsWith("\n\n", StringComparison.Ordinal) || text.Contains('\r', StringComparison.Ordinal))
        {
            yield return $"{name} does not end its lines as the others do";
        }
        for (var i = 0; i < lines.Length; i++)
        {
            if (lines[i].EnumerateRunes().Count() > MaxColumns || lines[i].Contains('\t', StringComparison.Ordinal))
            {
                yield return $"{name}:{i + 1} is longer than {MaxColumns} columns, or has a tabulator";
            }
        }
    }

    internal static IEnumerable<string> SourcesOf(string folder) =>
        Directory.EnumerateFiles(Path.Combine(Root(), folder), "*.cs", SearchOption.AllDirectories)
            .Where(file => !file.Split(Path.DirectorySeparatorChar).Any(part => part is "obj" or "bin"));

    internal static string Root()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Directory.Packages.props")))
        {
            folder = Path.GetDirectoryName(folder) ?? throw new InvalidOperationException("No source tree.");
        }
        return folder;
    }
}
