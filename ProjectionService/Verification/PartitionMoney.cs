using BankAccounts.ProjectionService.Ledger;
using BankAccounts.Store.V1;
using Google.Protobuf;

namespace BankAccounts.ProjectionService.Verification;

/// <summary>What became of a transfer at one end of its channel.</summary>
public enum TransferEnd
{
    /// <summary>Not seen at this end.</summary>
    Unseen,

    /// <summary>At the source: debited. Nothing at the destination.</summary>
    Unsettled,

    /// <summary>The destination took it: settled at the source, credited at the destination.</summary>
    Taken,

    /// <summary>The destination refused it: refunded at the source.</summary>
    Refused,
}

/// <summary>
/// What money a partition's log moved: into the bank, out of it, and through each channel by sequence.
/// 8 bytes for each end of a transfer: the amount, which has 50 bits at most, and what became of it.
/// </summary>
public sealed class PartitionMoney(int partition)
{
    private const int EndBits = 2;

    private readonly Dictionary<int, List<long>> sent = [], received = [];

    /// <summary>The partition.</summary>
    public int Partition { get; } = partition;

    /// <summary>Accepted deposits, in minor units.</summary>
    public Int128 Deposits { get; private set; }

    /// <summary>Accepted withdrawals, in minor units.</summary>
    public Int128 Withdrawals { get; private set; }

    /// <summary>The balances of all accounts, in minor units.</summary>
    public Int128 Balances { get; private set; }

    /// <summary>The partitions that it sent transfers to.</summary>
    public IReadOnlyCollection<int> Destinations => sent.Keys;

    /// <summary>The partitions that it received transfers from.</summary>
    public IReadOnlyCollection<int> Sources => received.Keys;

    /// <summary>How many transfers were seen at the source's end of a channel.</summary>
    public int SentTo(int destination) => sent.TryGetValue(destination, out var ends) ? ends.Count : 0;

    /// <summary>How many transfers were seen at the destination's end of a channel.</summary>
    public int ReceivedFrom(int source) => received.TryGetValue(source, out var ends) ? ends.Count : 0;

    /// <summary>A transfer at the source's end of a channel.</summary>
    public (TransferEnd End, long Amount) SentTo(int destination, int sequence) => At(sent, destination, sequence);

    /// <summary>A transfer at the destination's end of a channel.</summary>
    public (TransferEnd End, long Amount) ReceivedFrom(int source, int sequence) => At(received, source, sequence);

    /// <summary>Takes in what a batch of records changed.</summary>
    public void Add(Changes changes)
    {
        foreach (var answer in changes.Answers)
        {
            // An answer to a repeated request names an earlier offset.
            if (answer.Decision is { IsAccepted: true } decision && decision.Offset == answer.Offset)
            {
                Deposits += answer.To.Deposit?.Amount ?? 0;
                Withdrawals += answer.To.Withdraw?.Amount ?? 0;
            }
        }
        foreach (var credit in changes.Credits)
        {
            Note(received, credit.Source, credit.Sequence, credit.Amount,
                credit.Reason == Reason.Unspecified ? TransferEnd.Taken : TransferEnd.Refused);
        }
        foreach (var (transfer, decision) in changes.Transfers.Values)
        {
            var asked = transfer.Command.Transfer;
            Note(sent, PartitionOf(asked.ToAccountId), transfer.Sequence, asked.Amount,
                decision.IsPending ? TransferEnd.Unsettled
                : decision.IsAccepted ? TransferEnd.Taken
                : TransferEnd.Refused);
        }
    }

    /// <summary>Sums the balances, as they are now.</summary>
    public void Count(IEnumerable<KeyValuePair<AccountId, Account?>> accounts)
    {
        Balances = 0;
        foreach (var (_, account) in accounts)
        {
            Balances += account?.Balance ?? 0;
        }
    }

    private static int PartitionOf(ByteString account) => AccountId.TryRead(account.Span, out var id)
        ? id.Partition
        : throw new InvalidOperationException("A record that was decided has a malformed account id.");

    private static void Note(
        Dictionary<int, List<long>> channels, int partition, long sequence, long amount, TransferEnd end)
    {
        if (!channels.TryGetValue(partition, out var ends))
        {
            channels.Add(partition, ends = []);
        }
        while (ends.Count < sequence)
        {
            ends.Add(0);
        }
        ends[(int)sequence - 1] = (amount << EndBits) | (long)end;
    }

    private static (TransferEnd End, long Amount) At(
        Dictionary<int, List<long>> channels, int partition, int sequence) =>
        channels.TryGetValue(partition, out var ends) && sequence <= ends.Count
            ? ((TransferEnd)(ends[sequence - 1] & ((1 << EndBits) - 1)), ends[sequence - 1] >> EndBits)
            : (TransferEnd.Unseen, 0);
}
