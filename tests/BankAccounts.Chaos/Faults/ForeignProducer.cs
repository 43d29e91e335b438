using System.Globalization;

namespace BankAccounts.Chaos;

/// <summary>A producer that this project did not write (python3-kafka), and which obeys none of its rules.</summary>
internal sealed class ForeignProducer(ChaosBank bank)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>Writes records of a kind. The result says what it wrote.</summary>
    public async Task<string> WriteAsync(string kind, int records, int seed)
    {
        var (exitCode, output) = await Python.RunAsync(
            Patience,
            [
                "foreign.py", bank.KafkaAddress, ChaosBank.Partitions.ToString(CultureInfo.InvariantCulture), kind,
                records.ToString(CultureInfo.InvariantCulture), seed.ToString(CultureInfo.InvariantCulture),
                .. bank.IsKafka09 ? (string[])["--kafka09"] : [],
            ]);
        return exitCode == 0 ? output.Trim() : $"foreign.py could not write: {LastLine(output)}";
    }

    private static string LastLine(string output) => output.TrimEnd().Split('\n')[^1];
}
