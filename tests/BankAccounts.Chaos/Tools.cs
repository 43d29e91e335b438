namespace BankAccounts.Chaos;

/// <summary>Programs that some faults take beside those of the bank.</summary>
internal static class Tools
{
    /// <summary>Whether what a fault takes is on this machine.</summary>
    public static bool AreThere(Fault fault) => fault.Tool switch
    {
        null => true,
        "faketime" => WrongClock.Library is not null,
        var tool => (Environment.GetEnvironmentVariable("PATH") ?? string.Empty).Split(':')
            .Any(folder => File.Exists(Path.Combine(folder, tool))),
    };
}
