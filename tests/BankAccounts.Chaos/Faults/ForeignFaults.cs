using BankAccounts.V1;
using Grpc.Core;

namespace BankAccounts.Chaos;

/// <summary>
/// Somebody else writes into the log: records again that stand there, things that are no records, and credits and
/// settlements of transfers that never were.
/// </summary>
internal sealed class ForeignRecords(string kind) : Fault
{
    private const int Most = 40;

    public override string Name => $"foreign-{kind}";

    public override async Task<string> RunAsync(World world, Random random, CancellationToken hurry) =>
        await world.Foreign.WriteAsync(kind, random.Next(1, Most), random.Next());
}

/// <summary>A channel that a forged credit has halted goes on when an operator has looked (docs/LEDGER.md).</summary>
internal static class HaltedChannels
{
    private static readonly TimeSpan CallDeadline = TimeSpan.FromSeconds(10);

    /// <summary>Releases every halted channel where it stands. How many there were.</summary>
    public static async Task<int> ReleaseAsync(LedgerService.LedgerServiceClient ledger)
    {
        var channels = await ledger.ListChannelsAsync(new ListChannelsRequest(), deadline: Soon());
        var halted = channels.Channels.Where(channel => channel.Halted).ToList();
        foreach (var channel in halted)
        {
            try
            {
                await ledger.ReleaseChannelAsync(
                    new ReleaseChannelRequest
                    {
                        SourcePartition = channel.SourcePartition,
                        DestinationPartition = channel.DestinationPartition,
                        HaltedByOffset = channel.HaltedByOffset,
                        Description = "The chaos run forged this credit.",
                    },
                    deadline: Soon());
            }
            catch (RpcException refused) when (refused.StatusCode == StatusCode.FailedPrecondition)
            {
                // Somebody was faster.
            }
        }
        return halted.Count;
    }

    private static DateTime Soon() => DateTime.UtcNow + CallDeadline;
}
