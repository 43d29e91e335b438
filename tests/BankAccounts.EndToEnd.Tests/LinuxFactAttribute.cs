namespace BankAccounts.EndToEnd.Tests;

/// <summary>A test that reads <c>/proc</c>; elsewhere it is skipped.</summary>
public sealed class LinuxFactAttribute : FactAttribute
{
    public LinuxFactAttribute() => Skip = Linux.ReasonToSkip;
}

internal static class Linux
{
    public static string? ReasonToSkip => OperatingSystem.IsLinux() ? null : "It looks into /proc.";
}
