using System.Globalization;

namespace BankAccounts.AppHost.Engines.Kafka;

/// <summary>
/// Which Kafka made the data in a folder. One kind cannot read what the other wrote, and a topic keeps the copies that
/// it was created with: on another number of brokers it would have fewer than everybody thinks.
/// </summary>
public static class KafkaMaker
{
    /// <summary>Notes kind and brokers in a new folder, and compares them in one that has data.</summary>
    /// <exception cref="BankStartException">The data is of another Kafka.</exception>
    public static void Claim(string folder, KafkaDistribution distribution, int brokers)
    {
        var kind = distribution.IsKRaft ? "Kafka with KRaft" : "Kafka 0.9 with ZooKeeper";
        Claim(folder, "made-by", kind, maker => $"was written by {maker}; {kind} cannot read it");
        Claim(
            folder, "brokers", brokers.ToString(CultureInfo.InvariantCulture),
            count => $"is that of {count} brokers, and so are its copies: start with --brokers {count}");
    }

    private static void Claim(string folder, string fileName, string mine, Func<string, string> difference)
    {
        var note = Path.Combine(folder, fileName);
        if (!File.Exists(note))
        {
            File.WriteAllText(note, mine);
        }
        else if (File.ReadAllText(note) is var noted && noted != mine)
        {
            throw new BankStartException(
                $"The log in {folder} {difference(noted)}. "
                + "Start empty with --fresh, or elsewhere with --data <folder>.");
        }
    }
}
