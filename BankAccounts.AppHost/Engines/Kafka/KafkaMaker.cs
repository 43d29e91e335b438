namespace BankAccounts.AppHost.Engines.Kafka;

/// <summary>
/// Which kind of Kafka made the data in a folder. One kind cannot read what the other wrote.
/// </summary>
public static class KafkaMaker
{
    private const string FileName = "made-by";

    /// <summary>Notes the kind in a new folder, and compares it in one that has data.</summary>
    /// <exception cref="BankStartException">The data is of the other kind.</exception>
    public static void Claim(string folder, KafkaDistribution distribution)
    {
        var mine = distribution.IsKRaft ? "Kafka with KRaft" : "Kafka 0.9 with ZooKeeper";
        var note = Path.Combine(folder, FileName);
        if (!File.Exists(note))
        {
            File.WriteAllText(note, mine);
        }
        else if (File.ReadAllText(note) is var maker && maker != mine)
        {
            throw new BankStartException(
                $"The log in {folder} was written by {maker}; {mine} cannot read it. "
                + "Start empty with --fresh, or elsewhere with --data <folder>.");
        }
    }
}
