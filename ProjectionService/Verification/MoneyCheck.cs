using System.Globalization;

namespace BankAccounts.ProjectionService.Verification;

/// <summary>
/// The money over all partitions, matched per channel and sequence. The partitions were looked at one
/// after the other, so either end of a channel may be ahead of the other; what that explains is counted,
/// and nothing else is let pass.
/// </summary>
public sealed class MoneyCheck
{
    private readonly Dictionary<int, PartitionMoney> partitions;

    /// <summary>Checks all partitions.</summary>
    /// <exception cref="DifferenceFoundException">The ends of a transfer, or the sums, do not fit.</exception>
    public MoneyCheck(IEnumerable<PartitionMoney> all)
    {
        partitions = all.ToDictionary(money => money.Partition);
        foreach (var money in partitions.Values)
        {
            Balances += money.Balances;
            Deposits += money.Deposits;
            Withdrawals += money.Withdrawals;
        }
        foreach (var (source, destination) in Channels())
        {
            Match(source, destination);
        }
        if (Balances + InFlight - Ahead != Deposits - Withdrawals)
        {
            throw new DifferenceFoundException(new Difference(
                0, "money", "all partitions",
                Text(Deposits - Withdrawals), Text(Balances + InFlight - Ahead), -1));
        }
    }

    /// <summary>Of all accounts, minor units, as are the others.</summary>
    public Int128 Balances { get; private set; }

    /// <summary>Debited at the source and neither refunded nor credited.</summary>
    public Int128 InFlight { get; private set; }

    /// <summary>Credited by a destination that was looked at later than the source.</summary>
    public Int128 Ahead { get; private set; }

    /// <summary>Of all accepted deposits.</summary>
    public Int128 Deposits { get; private set; }

    /// <summary>Of all accepted withdrawals.</summary>
    public Int128 Withdrawals { get; private set; }

    private IEnumerable<(int Source, int Destination)> Channels() =>
        partitions.Values.SelectMany(money => money.Destinations.Select(to => (money.Partition, to)))
            .Union(partitions.Values.SelectMany(money => money.Sources.Select(from => (from, money.Partition))));

    private void Match(int source, int destination)
    {
        var from = partitions.GetValueOrDefault(source) ?? new PartitionMoney(source);
        var to = partitions.GetValueOrDefault(destination) ?? new PartitionMoney(destination);
        var last = Math.Max(from.SentTo(destination), to.ReceivedFrom(source));
        for (var sequence = 1; sequence <= last; sequence++)
        {
            var (sent, debited) = from.SentTo(destination, sequence);
            var (received, credited) = to.ReceivedFrom(source, sequence);
            switch (sent, received)
            {
                case (TransferEnd.Unseen, TransferEnd.Taken):
                    Ahead += credited;
                    break;
                case (TransferEnd.Unsettled or TransferEnd.Taken, TransferEnd.Unseen)
                    or (TransferEnd.Unsettled, TransferEnd.Refused):
                    InFlight += debited;
                    break;
                case (TransferEnd.Unseen, _) or (TransferEnd.Refused, TransferEnd.Unseen)
                    or (TransferEnd.Unsettled, TransferEnd.Taken):
                    break;
                default:
                    Require(sent == received, source, destination, sequence, sent, received);
                    break;
            }
            var bothSeen = sent != TransferEnd.Unseen && received != TransferEnd.Unseen;
            Require(!bothSeen || debited == credited, source, destination, sequence, debited, credited);
        }
    }

    private static void Require<T>(bool fits, int source, int destination, int sequence, T sent, T received)
    {
        if (!fits)
        {
            throw new DifferenceFoundException(new Difference(
                source, "transfer",
                string.Create(CultureInfo.InvariantCulture, $"{source} to {destination} #{sequence}"),
                $"{sent}", $"{received}", -1));
        }
    }

    private static string Text(Int128 sum) => sum.ToString(CultureInfo.InvariantCulture);
}
