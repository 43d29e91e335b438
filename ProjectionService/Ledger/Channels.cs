using BankAccounts.Log.V1;
using BankAccounts.Store.V1;
using Google.Protobuf;

namespace BankAccounts.ProjectionService.Ledger;

/// <summary>A transfer that was debited here and is not settled.</summary>
/// <param name="Sequence">Its number in its channel, from 1.</param>
/// <param name="Offset">The offset of its command.</param>
/// <param name="Chain">The chain digest over the channel's transfers up to it.</param>
/// <param name="Command">Its command.</param>
/// <param name="CurrencyCode">The currency of the source.</param>
public sealed record UnsettledTransfer(
    long Sequence, long Offset, byte[] Chain, LogRecord Command, ByteString CurrencyCode);

/// <summary>
/// The end of a channel at which transfers are debited: one for each destination partition. Its numbers
/// and its chain never skip; what is not settled stays in it.
/// </summary>
public sealed class OutgoingChannel(int destination, long nextSequence, byte[] chain)
{
    /// <summary>The most transfers of a channel that are not settled.</summary>
    public const int Capacity = 100_000;

    private readonly UnsettledCollection unsettled = new();

    /// <summary>The destination partition.</summary>
    public int Destination { get; } = destination;

    /// <summary>The number that the next transfer gets.</summary>
    public long NextSequence { get; private set; } = nextSequence;

    /// <summary>The chain digest over all transfers so far.</summary>
    public byte[] Chain { get; private set; } = chain;

    /// <summary>Whether the channel holds all it can.</summary>
    public bool IsFull => unsettled.Count >= Capacity;

    /// <summary>The transfers that are not settled, in order.</summary>
    public IReadOnlyCollection<UnsettledTransfer> Unsettled => unsettled;

    /// <summary>A transfer that is not settled; null if there is none of that number.</summary>
    public UnsettledTransfer? Find(long sequence) => unsettled.Find(sequence);

    /// <summary>Takes in a transfer that the store holds.</summary>
    public void Load(UnsettledTransfer transfer) => unsettled.Add(transfer);

    /// <summary>Enters a transfer that was debited.</summary>
    public UnsettledTransfer Open(LogRecord command, long offset, ByteString currencyCode)
    {
        var asked = command.Transfer;
        Chain = Digests.AddTransfer(
            Chain, NextSequence, offset, asked.FromAccountId, asked.ToAccountId, asked.Amount, currencyCode);
        var transfer = new UnsettledTransfer(NextSequence, offset, Chain, command, currencyCode);
        unsettled.Add(transfer);
        NextSequence++;
        return transfer;
    }

    /// <summary>Removes a transfer that is settled.</summary>
    public void Settle(long sequence) => unsettled.Remove(sequence);
}

/// <summary>
/// The end of a channel at which transfers are credited: one for each source partition. It takes
/// exactly the next number whose chain extends its own, so no transfer is taken twice and none is
/// skipped, whoever sends what, how often and in which order.
/// </summary>
public sealed class IncomingChannel(int source, long lastSequence, byte[] chain, long settledBelow)
{
    private readonly SortedDictionary<long, Reason> refused = [];

    /// <summary>The source partition.</summary>
    public int Source { get; } = source;

    /// <summary>The last number that was taken; 0 if none.</summary>
    public long LastSequence { get; private set; } = lastSequence;

    /// <summary>The chain digest over the transfers taken.</summary>
    public byte[] Chain { get; private set; } = chain;

    /// <summary>The largest "settled below" seen: nobody asks for the answers below it any more.</summary>
    public long SettledBelow { get; private set; } = settledBelow;

    /// <summary>The offset of the credit that did not fit; null while the channel is not halted.</summary>
    public long? HaltedBy { get; private set; }

    /// <summary>The chain that the next credit has to carry, if an operator said so; null otherwise.</summary>
    public byte[]? ExpectedChain { get; private set; }

    /// <summary>The refused numbers whose answers may still be asked for.</summary>
    public IReadOnlyDictionary<long, Reason> Refused => refused;

    /// <summary>Takes in a refusal that the store holds.</summary>
    public void Load(long sequence, Reason reason) => refused.Add(sequence, reason);

    /// <summary>The channel moves no money until an operator releases it.</summary>
    public void Halt(long offset) => HaltedBy = offset;

    /// <summary>
    /// The channel goes on where it stands, or with the credit of the number and chain that the operator names,
    /// whatever it took before. Returns the refusals that no longer stand for anything.
    /// </summary>
    public IReadOnlyList<long> Release(ChannelReleaseEvent release)
    {
        HaltedBy = null;
        if (release.NextSequence == 0)
        {
            return [];
        }
        ExpectedChain = release.NextChain.ToByteArray();
        LastSequence = release.NextSequence - 1;
        SettledBelow = Math.Min(SettledBelow, release.NextSequence);
        var dropped = refused.Keys.Where(number => number >= release.NextSequence).ToList();
        dropped.ForEach(number => refused.Remove(number));
        return dropped;
    }

    /// <summary>Takes in what the store holds of a release.</summary>
    public void LoadExpected(byte[] chain) => ExpectedChain = chain;

    /// <summary>Whether a credit begins behind the number that comes next.</summary>
    public bool LeavesOut(TransferCreditEvent credit) => credit.Sequence - LastSequence > 1;

    /// <summary>
    /// Whether a credit is proof that the two ends of the channel do not tell the same story: it goes on from here, or
    /// ends here, and carries another chain; or its source says to have settled what never came.
    /// </summary>
    public bool IsRefutedBy(TransferCreditEvent credit) =>
        LeavesOut(credit)
            ? credit.SettledBelow - LastSequence > 1
            : (credit.ThroughSequence() - LastSequence) switch
            {
                > 0 => !credit.Chain.Span.SequenceEqual(ChainThrough(credit)),
                0 => ExpectedChain is null && !credit.Chain.Span.SequenceEqual(Chain),
                _ => false,
            };

    /// <summary>Takes the next number.</summary>
    /// <param name="chain">The chain of the credit that it came with.</param>
    /// <param name="reason">Why it is refused, or unspecified.</param>
    public void Take(byte[] chain, Reason reason)
    {
        LastSequence++;
        Chain = chain;
        ExpectedChain = null;
        if (reason != Reason.Unspecified)
        {
            refused.Add(LastSequence, reason);
        }
    }

    /// <summary>Notes up to where the source has settled, and returns the refusals that it frees.</summary>
    public IReadOnlyList<long> SettleBelow(long sequence)
    {
        SettledBelow = Math.Max(SettledBelow, sequence);
        if (refused.Count == 0)
        {
            return [];
        }
        var freed = refused.Keys.TakeWhile(number => number < SettledBelow).ToList();
        freed.ForEach(number => refused.Remove(number));
        return freed;
    }

    /// <summary>The channel's chain, extended by what it has not taken of a credit.</summary>
    public byte[] ChainThrough(TransferCreditEvent credit)
    {
        var chain = Chain;
        foreach (var transfer in credit.TransfersFrom(LastSequence + 1))
        {
            chain = transfer.Sequence == LastSequence + 1 && ExpectedChain is { } expected
                ? expected
                : Digests.AddTransfer(
                    chain, transfer.Sequence, transfer.SourceOffset, transfer.From, transfer.To, transfer.Amount,
                    transfer.CurrencyCode);
        }
        return chain;
    }
}
