using System.Runtime.InteropServices;
using System.Text.RegularExpressions;

namespace BankAccounts.Bench.Processes;

/// <summary>What a run was made on, and with.</summary>
/// <param name="Cpu">The model of its processor.</param>
/// <param name="Cores">How many of them the run could use.</param>
/// <param name="MemoryGiB">Its memory.</param>
/// <param name="Kernel">The kernel's release.</param>
/// <param name="Versions">The versions of what ran on it, by name.</param>
public sealed partial record Machine(
    string Cpu, int Cores, double MemoryGiB, string Kernel, IReadOnlyDictionary<string, string> Versions)
{
    /// <summary>Looks at this machine and at the servers of a bank.</summary>
    internal static Machine Look(BankUnderTest bank, string redisVersion, string? postgresVersion)
    {
        var versions = new Dictionary<string, string>
        {
            [".NET"] = RuntimeInformation.FrameworkDescription.Replace(".NET ", string.Empty, StringComparison.Ordinal),
            ["Kafka"] = KafkaVersion(bank) ?? "unknown",
            ["librdkafka"] = Confluent.Kafka.Library.VersionString,
            ["Redis"] = redisVersion,
        };
        if (postgresVersion is not null)
        {
            versions["PostgreSQL"] = Digits().Match(postgresVersion).Value;
        }
        return new Machine(
            Line("/proc/cpuinfo", "model name") ?? RuntimeInformation.ProcessArchitecture.ToString(),
            Environment.ProcessorCount,
            double.Parse(Digits().Match(Line("/proc/meminfo", "MemTotal") ?? "0").Value) / (1024 * 1024),
            File.ReadAllText("/proc/sys/kernel/osrelease").Trim(),
            versions);
    }

    private static string? Line(string file, string name) =>
        File.ReadLines(file).Where(line => line.StartsWith(name, StringComparison.Ordinal))
            .Select(line => line[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim()).FirstOrDefault();

    /// <summary>Kafka's version, as the name of the client library on the broker's class path says.</summary>
    private static string? KafkaVersion(BankUnderTest bank)
    {
        if (bank.Of("kafka").FirstOrDefault() is not { } broker)
        {
            return null;
        }
        var line = ProcessTable.CommandLineOf(broker.Id);
        var libraries = Path.GetDirectoryName(line[Array.IndexOf(line, "-cp") + 1]);
        return Directory.EnumerateFiles(libraries!, "kafka-clients-*.jar")
            .Select(path => Digits().Match(Path.GetFileName(path)).Value.TrimEnd('.')).FirstOrDefault();
    }

    [GeneratedRegex(@"\d[\d.]*")]
    private static partial Regex Digits();
}
