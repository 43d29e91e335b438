using System.Globalization;

namespace BankAccounts.ServiceDefaults;

/// <summary>The name of this process among its replicas.</summary>
public static class Instance
{
    /// <summary>Machine and process id, for people: <c>host/1234</c>.</summary>
    public static string Name { get; } =
        $"{Environment.MachineName}/{Environment.ProcessId.ToString(CultureInfo.InvariantCulture)}";
}
