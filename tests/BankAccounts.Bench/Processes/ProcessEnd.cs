using System.Diagnostics;

namespace BankAccounts.Bench.Processes;

/// <summary>Ends processes that this run has started.</summary>
internal static class ProcessEnd
{
    public static void Kill(int id)
    {
        try
        {
            using var left = Process.GetProcessById(id);
            left.Kill();
            left.WaitForExit();
        }
        catch (Exception gone) when (gone is ArgumentException or InvalidOperationException)
        {
            // It ended by itself in the meantime.
        }
    }
}
