using System.Buffers.Binary;
using System.Security.Cryptography;
using BankAccounts.Log.V1;
using BankAccounts.ProjectionService.Ledger;
using BankAccounts.Store.V1;
using Google.Protobuf;
using BodyCase = BankAccounts.Log.V1.LogRecord.BodyOneofCase;

namespace BankAccounts.Simulation.Tests;

/// <summary>An account as the model sees it.</summary>
internal sealed record ModelAccount(string Currency, long Balance, long Unsettled, bool IsClosed, long Version);

/// <summary>What became of a record: a decision, or the reason why it is void.</summary>
internal sealed record ModelOutcome(
    VoidReason Void, long FirstOffset, Reason Reason = 0, long Balance = 0, long Version = 0, long Offset = 0,
    bool IsPending = false);

/// <summary>A transfer at its source; final from the offset on that made it so.</summary>
internal sealed class ModelTransfer(LogRecord command, string currency, long openedAt, byte[] chain)
{
    public LogRecord Command { get; } = command;

    public string Currency { get; } = currency;

    public long OpenedAt { get; } = openedAt;

    public byte[] Chain { get; } = chain;

    public long FinalAt { get; set; } = long.MaxValue;

    public bool IsRefund { get; set; }
}

/// <summary>A transfer at its destination.</summary>
internal sealed record ModelCredit(long Amount, long TakenAt, Reason Reason);

/// <summary>
/// What a partition's log means, written a second time and in another way than the ledger: everything is
/// kept, nothing is evicted, pruned or forgotten, and the past can be looked up by position.
/// </summary>
internal sealed class Model(int partition)
{
    private readonly Dictionary<AccountId, List<(long Offset, ModelAccount Account)>> accounts = [];
    private readonly Dictionary<(AccountId Account, ByteString Id), (ByteString What, ModelOutcome Outcome)> requests = [];
    private readonly Dictionary<(ByteString Producer, long Sequence), List<long>> seen = [];
    private readonly Dictionary<int, byte[]> chainsIn = [];

    public List<ModelOutcome> Outcomes { get; } = [];

    /// <summary>The final decisions of transfers, by the offsets of their commands.</summary>
    public Dictionary<long, ModelOutcome> Finals { get; } = [];

    /// <summary>Money paid in less money taken out, by position.</summary>
    public List<Int128> PaidIn { get; } = [0];

    /// <summary>The chain over the records, by position.</summary>
    public List<byte[]> LogDigests { get; } = [Digests.Empty()];

    public Dictionary<int, List<ModelTransfer>> Sent { get; } = [];

    public Dictionary<int, List<ModelCredit>> Received { get; } = [];

    /// <summary>The source partitions whose channels are halted, and the offset that did it.</summary>
    public Dictionary<int, long> Halted { get; } = [];

    public IEnumerable<AccountId> Accounts => accounts.Keys;

    /// <summary>An account after the records below a position.</summary>
    public ModelAccount? AccountAt(AccountId id, long position) =>
        accounts.TryGetValue(id, out var past) ? past.LastOrDefault(entry => entry.Offset < position).Account : null;

    public void Fold(LogEntry entry)
    {
        Int128 paid = 0;
        Outcomes.Add(OutcomeOf(entry, ref paid));
        PaidIn.Add(PaidIn[^1] + paid);
        LogDigests.Add(Digests.AddRecord(LogDigests[^1], entry));
    }

    /// <summary>Where the record of a process with a number stands, each time that it was delivered.</summary>
    public IReadOnlyList<long> OffsetsOf(ByteString producer, long sequence) =>
        seen.GetValueOrDefault((producer, sequence)) ?? [];

    private ModelOutcome OutcomeOf(LogEntry entry, ref Int128 paid)
    {
        if (LogFrame.Decode(entry.Value, out var record) != FrameKind.Record)
        {
            return Nothing(VoidReason.BadFrame);
        }
        if (record!.BodyCase == BodyCase.TransferCredit)
        {
            return Credit(entry.Offset, record.TransferCredit);
        }
        if (record.BodyCase == BodyCase.TransferSettle)
        {
            return Settle(entry.Offset, record.TransferSettle);
        }
        var deliveries = Of(seen, (record.ProducerId, record.ProducerSequence));
        deliveries.Add(entry.Offset);
        if (deliveries.Count > 1)
        {
            return Nothing(VoidReason.Redelivery, deliveries[0]);
        }
        var body = record.Clone();
        (body.RecordedAtMs, body.ProducerId, body.ProducerSequence) = (0, ByteString.Empty, 0);
        (body.ReplyTo, body.Traceparent) = (ByteString.Empty, ByteString.Empty);
        var (id, what) = (Read(PossibleRecord.AccountOf(record)), body.ToByteString());
        if (!record.RequestId.IsEmpty && requests.TryGetValue((id, record.RequestId), out var first))
        {
            return first.What.Equals(what) ? first.Outcome : Refused(Reason.RequestIdReused, Now(id), entry.Offset);
        }
        var outcome = Command(entry.Offset, id, record, ref paid);
        if (!record.RequestId.IsEmpty)
        {
            requests[(id, record.RequestId)] = (what, outcome);
        }
        return outcome;
    }

    private ModelOutcome Command(long offset, AccountId id, LogRecord record, ref Int128 paid)
    {
        var account = Now(id);
        var (amount, currency) = record.BodyCase switch
        {
            BodyCase.Deposit => (record.Deposit.Amount, record.Deposit.CurrencyCode),
            BodyCase.Withdraw => (record.Withdraw.Amount, record.Withdraw.CurrencyCode),
            BodyCase.Transfer => (record.Transfer.Amount, record.Transfer.CurrencyCode),
            _ => (0L, ByteString.Empty),
        };
        if (record.BodyCase == BodyCase.Create)
        {
            return account is null
                ? Accept(offset, id, new ModelAccount(record.Create.CurrencyCode.ToStringUtf8(), 0, 0, false, 1))
                : Refused(Reason.AccountExists, account, offset);
        }
        if (account is null)
        {
            return Refused(Reason.AccountNotFound, null, offset);
        }
        if (record.BodyCase == BodyCase.Transfer && Read(record.Transfer.ToAccountId).Partition >= record.Transfer.PartitionCount)
        {
            return Refused(Reason.DestinationNotFound, account, offset);
        }
        if (account.IsClosed)
        {
            return Refused(Reason.AccountClosed, account, offset);
        }
        if (!currency.IsEmpty && currency.ToStringUtf8() != account.Currency)
        {
            return Refused(Reason.CurrencyMismatch, account, offset);
        }
        var next = account with { Version = account.Version + 1 };
        switch (record.BodyCase)
        {
            case BodyCase.Deposit:
                paid = amount;
                return Accept(offset, id, next with { Balance = account.Balance + amount });
            case BodyCase.Withdraw when amount > account.Balance:
                return Refused(Reason.InsufficientFunds, account, offset);
            case BodyCase.Withdraw:
                paid = -amount;
                return Accept(offset, id, next with { Balance = account.Balance - amount });
            case BodyCase.Transfer when record.Transfer.FromAccountId == record.Transfer.ToAccountId:
                return Refused(Reason.SameAccount, account, offset);
            case BodyCase.Transfer when amount > account.Balance:
                return Refused(Reason.InsufficientFunds, account, offset);
            case BodyCase.Transfer:
                Open(offset, record, account.Currency);
                return Accept(offset, id, next with
                {
                    Balance = account.Balance - amount,
                    Unsettled = account.Unsettled + amount,
                }) with
                { IsPending = true };
            default:
                return account.Unsettled > 0 ? Refused(Reason.TransfersUnsettled, account, offset)
                    : account.Balance > 0 ? Refused(Reason.BalanceNotZero, account, offset)
                    : Accept(offset, id, next with { IsClosed = true });
        }
    }

    private void Open(long offset, LogRecord record, string currency)
    {
        var destination = Read(record.Transfer.ToAccountId).Partition;
        var sent = Of(Sent, destination);
        var chain = Chained(
            sent.Count == 0 ? new byte[32] : sent[^1].Chain, sent.Count + 1, offset, record.Transfer.FromAccountId,
            record.Transfer.ToAccountId, record.Transfer.Amount, currency);
        sent.Add(new ModelTransfer(record, currency, offset, chain));
    }

    private ModelOutcome Credit(long offset, TransferCreditEvent credit)
    {
        var source = Read(credit.FromAccountId).Partition;
        var received = Of(Received, source);
        if (Halted.ContainsKey(source))
        {
            return Nothing(VoidReason.ChannelHalted);
        }
        var (last, chain) = (credit.Sequence, chainsIn.GetValueOrDefault(source) ?? new byte[32]);
        var taken = new List<(AccountId To, long Amount, string Currency)>();
        void Carry(ByteString from, ByteString to, long amount, ByteString currencyCode, long sourceOffset)
        {
            var currency = currencyCode.ToStringUtf8();
            if (last == received.Count + taken.Count + 1)
            {
                chain = Chained(chain, last, sourceOffset, from, to, amount, currency);
                taken.Add((Read(to), amount, currency));
            }
            last++;
        }
        Carry(credit.FromAccountId, credit.ToAccountId, credit.Amount, credit.CurrencyCode, credit.SourceOffset);
        foreach (var further in credit.Further)
        {
            Carry(further.FromAccountId, further.ToAccountId, further.Amount, further.CurrencyCode, further.SourceOffset);
        }
        last--;
        var isGap = credit.Sequence > received.Count + 1;
        if (isGap ? credit.SettledBelow > received.Count + 1
            : last >= received.Count && !credit.Chain.Span.SequenceEqual(chain))
        {
            Halted[source] = offset;
            return Nothing(VoidReason.CreditOrphan);
        }
        if (taken.Count == 0)
        {
            return Nothing(isGap ? VoidReason.CreditGap : VoidReason.CreditRepeated);
        }
        chainsIn[source] = chain;
        return taken.ConvertAll(one => Credit(offset, received, one.To, one.Amount, one.Currency))[0];
    }

    private ModelOutcome Credit(long offset, List<ModelCredit> received, AccountId id, long amount, string currency)
    {
        var account = Now(id);
        var reason = account is null ? Reason.DestinationNotFound
            : account.IsClosed ? Reason.DestinationClosed
            : account.Currency != currency ? Reason.DestinationCurrencyMismatch
            : Reason.Unspecified;
        received.Add(new ModelCredit(amount, offset, reason));
        return reason != Reason.Unspecified ? Refused(reason, account, offset) : Accept(offset, id, account! with
        {
            Balance = account.Balance + amount,
            Version = account.Version + 1,
        });
    }

    private ModelOutcome Settle(long offset, TransferSettleEvent settle)
    {
        var sent = Of(Sent, Read(settle.ToAccountId).Partition);
        int[] reasons = [settle.Reason, .. settle.FurtherReasons];
        var first = (int)settle.Sequence - 1;
        var end = first + reasons.Length;
        if (end > sent.Count)
        {
            return Nothing(VoidReason.SettleOrphan);
        }
        if (sent[end - 1].FinalAt != long.MaxValue)
        {
            return Nothing(VoidReason.SettleRepeated);
        }
        if (!settle.Chain.Span.SequenceEqual(sent[end - 1].Chain) || settle.LastSequence > sent.Count)
        {
            return Nothing(VoidReason.SettleOrphan);
        }
        var outcome = Nothing(VoidReason.SettleRepeated);
        for (var i = first; i < end; i++)
        {
            if (sent[i].FinalAt == long.MaxValue)
            {
                outcome = Settle(offset, sent[i], (Reason)reasons[i - first]);
            }
        }
        return outcome;
    }

    private ModelOutcome Settle(long offset, ModelTransfer transfer, Reason reason)
    {
        (transfer.FinalAt, transfer.IsRefund) = (offset, reason != Reason.Unspecified);
        var asked = transfer.Command.Transfer;
        var id = Read(asked.FromAccountId);
        var account = Now(id)!;
        var final = Accept(offset, id, account with
        {
            Balance = account.Balance + (transfer.IsRefund ? asked.Amount : 0),
            Unsettled = account.Unsettled - asked.Amount,
            Version = account.Version + 1,
        }) with
        { Reason = reason, Offset = transfer.OpenedAt };
        Finals[transfer.OpenedAt] = final;
        if (!transfer.Command.RequestId.IsEmpty)
        {
            var key = (id, transfer.Command.RequestId);
            requests[key] = (requests[key].What, final);
        }
        return final;
    }

    private ModelOutcome Accept(long offset, AccountId id, ModelAccount after)
    {
        Of(accounts, id).Add((offset, after));
        return new ModelOutcome(0, -1, Reason.Unspecified, after.Balance, after.Version, offset);
    }

    private static ModelOutcome Refused(Reason reason, ModelAccount? account, long offset) =>
        new(0, -1, reason, account?.Balance ?? 0, account?.Version ?? 0, offset);

    private static ModelOutcome Nothing(VoidReason reason, long firstOffset = -1) => new(reason, firstOffset);

    private ModelAccount? Now(AccountId id) => accounts.TryGetValue(id, out var past) ? past[^1].Account : null;

    private AccountId Read(ByteString bytes) => AccountId.TryRead(bytes.Span, out var id)
        ? id
        : throw new ViolationException($"Partition {partition} holds a malformed account id.");

    private static List<TItem> Of<TKey, TItem>(Dictionary<TKey, List<TItem>> all, TKey key)
        where TKey : notnull
    {
        if (!all.TryGetValue(key, out var list))
        {
            all[key] = list = [];
        }
        return list;
    }

    private static byte[] Chained(
        byte[] chain, long sequence, long offset, ByteString from, ByteString to, long amount, string currency)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        void Number(long number)
        {
            var bytes = new byte[8];
            BinaryPrimitives.WriteInt64BigEndian(bytes, number);
            hash.AppendData(bytes);
        }
        hash.AppendData(chain);
        Number(sequence);
        Number(offset);
        hash.AppendData(from.Span);
        hash.AppendData(to.Span);
        Number(amount);
        hash.AppendData([0, 0, 0, (byte)currency.Length]);
        hash.AppendData(System.Text.Encoding.ASCII.GetBytes(currency));
        return hash.GetHashAndReset();
    }
}
