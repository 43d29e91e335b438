using System.Buffers.Binary;
using BankAccounts.ProjectionService.Ledger;
using BankAccounts.Store.V1;
using Google.Protobuf;

namespace BankAccounts.ProjectionService.Redis;

/// <summary>Between the ledger's types and the forms in which Redis holds them.</summary>
public static partial class StoreCodec
{
    public static StoredAccount Encode(Account account)
    {
        var stored = new StoredAccount();
        Fill(stored, account);
        return stored;
    }

    /// <summary>Encodes into a message that is used again and again.</summary>
    public static void Fill(StoredAccount stored, Account account)
    {
        stored.HolderName = account.HolderName;
        stored.CurrencyCode = account.CurrencyCode;
        stored.Balance = account.Balance;
        stored.Closed = account.IsClosed;
        stored.OpenedAtMs = account.OpenedAtMs;
        stored.Version = account.Version;
        stored.Unsettled = account.Unsettled;
        stored.Entries = account.Entries;
        stored.LastEntryMs = account.LastEntryMs;
        stored.Leaf = account.Leaf;
    }

    public static Account Decode(StoredAccount stored) => new(
        stored.HolderName,
        stored.CurrencyCode,
        stored.Balance,
        stored.Closed,
        stored.OpenedAtMs,
        stored.Version,
        stored.Unsettled,
        stored.Entries,
        stored.LastEntryMs)
    {
        Leaf = stored.Leaf,
    };

    public static StoredDecision Encode(Decision decision)
    {
        var stored = new StoredDecision();
        HistoryLeaves.Fill(stored, decision);
        return stored;
    }

    public static Decision Decode(StoredDecision stored) =>
        new(stored.Reason, stored.Balance, stored.Version, stored.Offset, stored.Pending);

    public static StoredRequest Encode(RememberedRequest request) => new()
    {
        Fingerprint = request.Fingerprint,
        Decision = Encode(request.Decision),
    };

    public static RememberedRequest Decode(StoredRequest stored) =>
        new(stored.Fingerprint, Decode(stored.Decision));

    public static StoredProducer Encode(ProducerWindow window)
    {
        var stored = new StoredProducer
        {
            HighestSequence = window.Highest,
            LastSeenMs = window.LastSeenMs,
        };
        var (lastSequence, lastOffset) = (window.Highest, 0L);
        foreach (var run in window.Seen())
        {
            stored.SequenceSteps.Add(lastSequence - run.Sequence);
            stored.OffsetSteps.Add(run.Offset - lastOffset);
            stored.Lengths.Add(run.Length);
            (lastSequence, lastOffset) = (run.Sequence - (run.Length - 1), run.Offset - (run.Length - 1));
        }
        return stored;
    }

    public static ProducerWindow Decode(StoredProducer stored)
    {
        var window = new ProducerWindow();
        var (sequence, offset) = (stored.HighestSequence, 0L);
        for (var i = 0; i < stored.Lengths.Count; i++)
        {
            var run = new SequenceRun(
                sequence - stored.SequenceSteps[i], offset + stored.OffsetSteps[i], stored.Lengths[i]);
            foreach (var (one, at) in run.Each())
            {
                window.MarkSeen(one, at, stored.LastSeenMs);
                (sequence, offset) = (one, at);
            }
        }
        return window;
    }

    public static StoredHead Encode(PartitionHead head, RequestOrder requests) => new()
    {
        StreamTimeMs = head.StreamTimeMs,
        DecisionDigest = ByteString.CopyFrom(head.DecisionDigest),
        Accepted = head.Accepted,
        Rejected = head.Rejected,
        RepeatedRequests = head.Repeated,
        Voids = head.Voids,
        Accounts = head.Accounts,
        FirstRequest = requests.First,
        NextRequest = requests.Next,
        Credited = head.Credited,
        Refused = head.Refused,
        Settled = head.Settled,
        LastOffset = head.LastOffset,
        PreviousDigest = ByteString.CopyFrom(head.PreviousDigest),
    };

    public static PartitionHead Decode(StoredHead stored, long position, byte[] logDigest) =>
        new(position, logDigest, stored.DecisionDigest.ToByteArray(), stored.StreamTimeMs)
        {
            Accepted = stored.Accepted,
            Rejected = stored.Rejected,
            Repeated = stored.RepeatedRequests,
            Voids = stored.Voids,
            Accounts = stored.Accounts,
            Credited = stored.Credited,
            Refused = stored.Refused,
            Settled = stored.Settled,
            LastOffset = stored.LastOffset,
            PreviousDigest = stored.PreviousDigest.ToByteArray(),
        };

    public static StoredVoid Encode(in VoidRecord note) => new()
    {
        Offset = note.Offset,
        Reason = note.Reason,
        FirstOffset = note.FirstOffset,
    };

    /// <summary>The field of a request: 16 bytes of account id, then the request id.</summary>
    public static byte[] Field(in RequestKey key)
    {
        var field = new byte[AccountId.Size + key.Id.Length];
        key.Account.Write(field);
        key.Id.Span.CopyTo(field.AsSpan(AccountId.Size));
        return field;
    }

    public static byte[] Field(Guid producer) => producer.ToByteArray(bigEndian: true);

    /// <summary>A line of the request order: stream time, then the request's field.</summary>
    public static byte[] Line(in RequestAge age)
    {
        var field = Field(age.Key);
        var line = new byte[sizeof(long) + field.Length];
        BinaryPrimitives.WriteInt64BigEndian(line, age.RememberedAtMs);
        field.CopyTo(line, sizeof(long));
        return line;
    }

    public static RequestAge DecodeLine(ReadOnlySpan<byte> line)
    {
        var field = line[sizeof(long)..];
        if (!AccountId.TryRead(field[..AccountId.Size], out var account))
        {
            throw new InvalidDataException("A line of the request order has no account id.");
        }
        var key = new RequestKey(account, ByteString.CopyFrom(field[AccountId.Size..]));
        return new RequestAge(key, BinaryPrimitives.ReadInt64BigEndian(line));
    }
}
