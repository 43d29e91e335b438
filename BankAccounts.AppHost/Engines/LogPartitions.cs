using System.Globalization;
using BankAccounts.AppHost.Engines.Kafka;

namespace BankAccounts.AppHost.Engines;

/// <summary>How many partitions the bank's log has.</summary>
public static class LogPartitions
{
    /// <summary>
    /// As many as were asked for; else as many as the log in the data folder has; else what suits
    /// this machine. A log on a Kafka that is not ours, or in a container's volume, cannot be looked
    /// at: it has as many as usual unless something else is asked for.
    /// </summary>
    /// <param name="builder">The AppHost.</param>
    /// <param name="kafka">The name of the resource.</param>
    /// <param name="settings">What was asked for.</param>
    /// <exception cref="BankStartException">
    /// The log has more than was asked for: the accounts in the others would not be found.
    /// </exception>
    public static int Of(IDistributedApplicationBuilder builder, string kafka, BankSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        if (!BankEngines.IsLocal(builder, kafka, settings))
        {
            return settings.Partitions ?? MachineSize.Usual.Partitions;
        }
        var folder = DataFolder.Of(builder).For(kafka);
        var there = CountIn(folder, BankEngines.Topic);
        if (settings.Partitions < there)
        {
            throw new BankStartException(string.Create(
                CultureInfo.InvariantCulture,
                $"The log in {folder} has {there} partitions and never shrinks. Start with that number or ")
                + "without one, empty with --fresh, or elsewhere with --data <folder>.");
        }
        return settings.Partitions ?? (there > 0 ? there : MachineSize.OfThisOne.Partitions);
    }

    /// <summary>How many partitions of a topic local brokers keep in a folder; 0 if there is none.</summary>
    public static int CountIn(string folder, string topic) =>
        Directory.EnumerateDirectories(folder, BrokerProperties.LogFolder("*"))
            .SelectMany(broker => Directory.EnumerateDirectories(broker, $"{topic}-*"))
            .Select(partition => NumberOf(Path.GetFileName(partition)[(topic.Length + 1)..]) + 1)
            .DefaultIfEmpty(0)
            .Max();

    // What is being deleted has a longer name.
    private static int NumberOf(string suffix) =>
        int.TryParse(suffix, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : -1;
}
