using System.Diagnostics;
using System.Globalization;

namespace Aspire.Hosting.Tests;

/// <summary>What the system says about processes.</summary>
internal static class Processes
{
    /// <summary>
    /// Whether the process is there; one that has ended and that nobody has asked about is not.
    /// </summary>
    internal static bool IsAlive(int processId)
        => Stat(processId) is [var state, ..] && state != "Z";

    internal static int[] ChildrenOf(int processId)
        => [.. Directory.GetDirectories("/proc").Select(Path.GetFileName)
            .Where(name => int.TryParse(name, CultureInfo.InvariantCulture, out _))
            .Select(name => int.Parse(name!, CultureInfo.InvariantCulture))
            .Where(id => Stat(id) is [_, var parent, ..] && parent == processId.ToString(CultureInfo.InvariantCulture))];

    internal static async Task UntilAsync(Func<bool> condition, string what)
    {
        var clock = Stopwatch.StartNew();
        while (!condition())
        {
            Assert.True(clock.Elapsed < TestHost.Deadline, $"{what}: not within {TestHost.Deadline}");
            await Task.Delay(20);
        }
    }

    /// <summary>The process's state and its parent, and more; null if it is not there.</summary>
    private static string[]? Stat(int processId)
    {
        try
        {
            var text = File.ReadAllText($"/proc/{processId}/stat");
            return text[(text.LastIndexOf(')') + 2)..].Split(' ');
        }
        catch (Exception gone) when (gone is IOException or DirectoryNotFoundException)
        {
            return null;
        }
    }
}
