namespace BankAccounts.EndToEnd.Tests.Dashboard;

/// <summary>
/// A test of the stand-ins' dashboard in a browser. With the genuine packages Aspire's own dashboard is there, and
/// this one is skipped.
/// </summary>
public sealed class DashboardFactAttribute : FactAttribute
{
    private static readonly string[] Names = ["chromium", "chromium-browser", "google-chrome"];

    public DashboardFactAttribute() => Skip = Linux.ReasonToSkip
        ?? (File.Exists(Path.Combine(AppContext.BaseDirectory, "Aspire.Dashboard.dll")) ? null : "Aspire's own dashboard is there.")
        ?? (Browser is null ? "There is no Chromium on the path." : null);

    /// <summary>The machine's Chromium; null if it has none.</summary>
    public static string? Browser { get; } = (Environment.GetEnvironmentVariable("PATH") ?? string.Empty)
        .Split(Path.PathSeparator)
        .SelectMany(_ => Names, Path.Combine)
        .FirstOrDefault(File.Exists);
}
