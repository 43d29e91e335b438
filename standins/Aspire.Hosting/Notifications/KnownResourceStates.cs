namespace Aspire.Hosting.ApplicationModel;

/// <summary>The states that resources go through.</summary>
public static class KnownResourceStates
{
    public static readonly string NotStarted = nameof(NotStarted);

    /// <summary>Waits for other resources before it starts.</summary>
    public static readonly string Waiting = nameof(Waiting);

    public static readonly string Starting = nameof(Starting);

    public static readonly string Running = nameof(Running);

    public static readonly string Stopping = nameof(Stopping);

    /// <summary>The process ended with an exit code other than 0, or was stopped.</summary>
    public static readonly string Exited = nameof(Exited);

    /// <summary>The process ended by itself with exit code 0.</summary>
    public static readonly string Finished = nameof(Finished);

    public static readonly string FailedToStart = nameof(FailedToStart);

    public static readonly string RuntimeUnhealthy = nameof(RuntimeUnhealthy);

    public static readonly string Active = nameof(Active);

    public static readonly IReadOnlyList<string> TerminalStates = [Finished, FailedToStart, Exited];
}

/// <summary>How states are shown.</summary>
public static class KnownResourceStateStyles
{
    public static readonly string Success = "success";
    public static readonly string Error = "error";
    public static readonly string Info = "info";
    public static readonly string Warn = "warning";
}

/// <summary>The names of the properties that processes have.</summary>
internal static class KnownProperties
{
    internal static class Resource
    {
        internal const string ExitCode = "resource.exitCode";
        internal const string Source = "resource.source";
        internal const string ConnectionString = "resource.connectionString";
    }

    internal static class Executable
    {
        internal const string Path = "executable.path";
        internal const string Pid = "executable.pid";
        internal const string WorkDir = "executable.workDir";
        internal const string Args = "executable.args";
    }

    internal static class Project
    {
        internal const string Path = "project.path";
    }
}
