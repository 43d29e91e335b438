using System.Globalization;

namespace BankAccounts.Bench.Processes;

/// <summary>What Linux tells about processes in <c>/proc</c>.</summary>
internal static class ProcessTable
{
    /// <summary>USER_HZ: the unit of CPU times in <c>/proc</c>, which is 100 on every Linux that .NET runs on.</summary>
    private const double TicksPerSecond = 100;

    // Fields of /proc/pid/stat behind the name, which is in parentheses: state is the first.
    private const int UserTime = 11;
    private const int SystemTime = 12;

    /// <summary>The ids of all processes.</summary>
    public static IEnumerable<int> Ids() =>
        Directory.EnumerateDirectories("/proc").Select(Path.GetFileName)
            .Where(name => int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out _))
            .Select(name => int.Parse(name!, CultureInfo.InvariantCulture));

    /// <summary>The environment with which a process was started; empty if it is gone or not ours.</summary>
    public static Dictionary<string, string> EnvironmentOf(int id) =>
        Read(id, "environ").Split('\0', StringSplitOptions.RemoveEmptyEntries)
            .Select(pair => pair.Split('=', 2))
            .Where(pair => pair.Length == 2)
            .DistinctBy(pair => pair[0])
            .ToDictionary(pair => pair[0], pair => pair[1]);

    /// <summary>The command line of a process; empty if it is gone.</summary>
    public static string[] CommandLineOf(int id) => Read(id, "cmdline").TrimEnd('\0').Split('\0');

    /// <summary>The folder that a process works in; null if it is gone.</summary>
    public static string? WorkingFolderOf(int id)
    {
        try
        {
            return new DirectoryInfo(FormattableString.Invariant($"/proc/{id}/cwd")).LinkTarget;
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>The CPU time that a process has used, in seconds; 0 if it is gone.</summary>
    public static double CpuSecondsOf(int id)
    {
        var stat = Read(id, "stat");
        if (stat.Length == 0)
        {
            return 0;
        }
        var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        return (double.Parse(fields[UserTime], CultureInfo.InvariantCulture)
            + double.Parse(fields[SystemTime], CultureInfo.InvariantCulture)) / TicksPerSecond;
    }

    /// <summary>The memory that a process has resident, in bytes; 0 if it is gone.</summary>
    public static long ResidentBytesOf(int id)
    {
        var statm = Read(id, "statm").Split(' ');
        return statm.Length < 2 ? 0 : long.Parse(statm[1], CultureInfo.InvariantCulture) * Environment.SystemPageSize;
    }

    private static string Read(int id, string file)
    {
        try
        {
            return File.ReadAllText(FormattableString.Invariant($"/proc/{id}/{file}"));
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return string.Empty;
        }
    }
}
