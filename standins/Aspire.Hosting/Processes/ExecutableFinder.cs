namespace Aspire.Hosting.Processes;

/// <summary>
/// Finds programs as a shell does, but before anything is started, so that a wrong name is a plain
/// error.
/// </summary>
internal static class ExecutableFinder
{
    /// <summary>
    /// A name without a slash is looked up in PATH; a relative path starts at the working
    /// directory.
    /// </summary>
    /// <exception cref="DistributedApplicationException">There is no such program, or it may not be executed.</exception>
    internal static string Find(string command, string workingDirectory, string? path)
    {
        if (command.Contains(Path.DirectorySeparatorChar, StringComparison.Ordinal))
        {
            var full = Path.GetFullPath(command, workingDirectory);
            return IsExecutable(full)
                ? full
                : throw new DistributedApplicationException($"The program '{full}' does not exist or is not executable.");
        }
        return TryFindInPath(command, path) ?? throw new DistributedApplicationException(
            $"The program '{command}' is not in PATH.");
    }

    internal static string? TryFindInPath(string command, string? path)
        => (path ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .SelectMany(folder => OperatingSystem.IsWindows()
                ? new[] { Path.Combine(folder, command), Path.Combine(folder, command + ".exe") }
                : [Path.Combine(folder, command)])
            .FirstOrDefault(IsExecutable);

    private static bool IsExecutable(string file)
        => File.Exists(file)
            && (OperatingSystem.IsWindows()
                || (File.GetUnixFileMode(file)
                    & (UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute)) != 0);
}
