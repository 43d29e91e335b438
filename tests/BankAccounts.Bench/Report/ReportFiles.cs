using System.Globalization;
using BankAccounts.Tests.Files;

namespace BankAccounts.Bench.Report;

/// <summary>The files of a run.</summary>
internal static class ReportFiles
{
    /// <summary>Writes JSON and pictures beside each other, and renews the document if that was asked for.</summary>
    /// <returns>What was written.</returns>
    public static IEnumerable<string> Write(RunReport report)
    {
        var folder = RepositoryFiles.PathOf(".bank", "bench");
        Directory.CreateDirectory(folder);
        var name = report.Begun.ToString("yyyyMMdd-HHmmss", CultureInfo.InvariantCulture);
        var json = JsonReport.Of(report);
        yield return Put(Path.Combine(folder, $"{name}.json"), json);
        if (report.Options.JsonFile is { } file)
        {
            yield return Put(Path.GetFullPath(file), json);
        }
        var plots = Plots.Of(report).ToList();
        foreach (var (plot, chart) in plots)
        {
            yield return Put(Path.Combine(folder, $"{name}-{plot}"), chart.ToSvg());
        }
        if (!report.Options.Document)
        {
            yield break;
        }
        var pictures = RepositoryFiles.PathOf("docs", "performance");
        Directory.CreateDirectory(pictures);
        foreach (var (plot, chart) in plots)
        {
            yield return Put(Path.Combine(pictures, plot), chart.ToSvg());
        }
        var document = RepositoryFiles.PathOf("docs", "PERFORMANCE.md");
        yield return Put(document, DocumentSection.Replace(
            File.ReadAllText(document), report.Options.Soak is null ? "bench" : "soak", MarkdownReport.Of(report)));
    }

    private static string Put(string file, string text)
    {
        File.WriteAllText(file, text);
        return file;
    }
}
