namespace BankAccounts.AppHost;

/// <summary>
/// How large a bank a machine's cores are enough for. Each process, and each partition that gathers
/// commands of its own, costs some CPU however little it does: too many of them make a bank slower.
/// </summary>
/// <param name="Partitions">Partitions of a new log.</param>
/// <param name="CommandServices">Replicas of CommandService.</param>
/// <param name="Projectors">Replicas of ProjectionService.</param>
public sealed record MachineSize(int Partitions, int CommandServices, int Projectors)
{
    /// <summary>With more than two cores, and for a Kafka that is not the AppHost's.</summary>
    public static MachineSize Usual { get; } = new(Partitions: 12, CommandServices: 2, Projectors: 3);

    /// <summary>The bank of a small machine. Its log can grow to more partitions later.</summary>
    public static MachineSize Small { get; } = new(Partitions: 6, CommandServices: 1, Projectors: 2);

    /// <summary>What suits this machine.</summary>
    public static MachineSize OfThisOne { get; } = Of(Environment.ProcessorCount);

    /// <summary>What suits so many cores.</summary>
    public static MachineSize Of(int cores) => cores <= 2 ? Small : Usual;
}
