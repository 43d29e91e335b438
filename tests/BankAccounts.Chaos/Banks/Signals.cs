using System.Diagnostics;
using System.Globalization;

namespace BankAccounts.Chaos;

/// <summary>Signals to a process and all below it: a service may be the child of whoever started it.</summary>
internal static class Signals
{
    public const string Kill = "KILL";
    public const string Stop = "STOP";
    public const string Continue = "CONT";

    /// <summary>Sends a signal. A process that is gone already needs none.</summary>
    public static async Task SendAsync(int processId, string signal)
    {
        var ids = TreeOf(processId).Select(id => id.ToString(CultureInfo.InvariantCulture));
        using var kill = Process.Start(new ProcessStartInfo("kill", ["-s", signal, .. ids])
        {
            RedirectStandardError = true,
        }) ?? throw new ChaosException("kill cannot be started.");
        await kill.WaitForExitAsync();
    }

    /// <summary>The process and its descendants.</summary>
    public static IReadOnlyList<int> TreeOf(int processId)
    {
        var tree = new List<int> { processId };
        for (var index = 0; index < tree.Count; index++)
        {
            tree.AddRange(ChildrenOf(tree[index]));
        }
        return tree;
    }

    private static IEnumerable<int> ChildrenOf(int processId)
    {
        var tasks = string.Create(CultureInfo.InvariantCulture, $"/proc/{processId}/task");
        try
        {
            return [.. Directory.EnumerateDirectories(tasks)
                .SelectMany(task => File.ReadAllText(Path.Combine(task, "children")).Split(
                    ' ', StringSplitOptions.RemoveEmptyEntries))
                .Select(id => int.Parse(id, CultureInfo.InvariantCulture))];
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
