using BankAccounts.Bench.Processes;

namespace BankAccounts.Bench.Measuring;

/// <summary>What one repetition of a measurement gave.</summary>
/// <param name="Value">The figure, in the unit of its measurement.</param>
/// <param name="Latency">How long each of the calls took, where that was measured.</param>
/// <param name="Count">How many commands, records or calls it rests on.</param>
public sealed record Sample(double Value, long Count, LatencyHistogram? Latency = null)
{
    /// <summary>What the CPU was used for meanwhile; null if nobody looked.</summary>
    internal CpuUsage? Cpu { get; init; }
}
