namespace BankAccounts.AppHost.Engines;

/// <summary>Finds the programs that the local engines need.</summary>
public static class Programs
{
    /// <summary>
    /// The Java launcher of <c>JAVA_HOME</c>, else of the <c>PATH</c>; null if there is none.
    /// </summary>
    public static string? Java() =>
        Environment.GetEnvironmentVariable("JAVA_HOME") is { Length: > 0 } home
        && InFolder(Path.Combine(home, "bin"), "java") is { } java
            ? java
            : OnPath("java");

    /// <summary>The full path of a program on the <c>PATH</c>; null if there is none.</summary>
    public static string? OnPath(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "")
        .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
        .Select(folder => InFolder(folder, program))
        .FirstOrDefault(path => path is not null);

    private static string? InFolder(string folder, string program)
    {
        var path = Path.Combine(folder, OperatingSystem.IsWindows() ? program + ".exe" : program);
        return File.Exists(path) ? path : null;
    }
}
