using System.Text;
using BankAccounts.Log.V1;
using BankAccounts.Tests.Logs;
using Google.Protobuf;
using static BankAccounts.Tests.Logs.Records;

namespace BankAccounts.Ledger.Tests;

/// <summary>The storage format: what was written once is read for ever.</summary>
public sealed class FrameTests
{
    private static readonly ByteString GoldenProducer =
        ByteString.CopyFrom(Enumerable.Range(0xA0, 16).Select(value => (byte)value).ToArray());

    private static readonly ByteString GoldenAccount =
        ByteString.CopyFrom(Convert.FromHexString("0003112233448566978899aabbccddee"));

    public static TheoryData<byte[], LogRecord> Golden() => new()
    {
        {
            GoldenFrames.Create,
            GoldenRecord(1, "open-1").With(r =>
            {
                r.ReplyTo = Utf8("bank:decisions:a0");
                r.Traceparent = Utf8("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
                r.Create = new CreateEvent
                {
                    AccountId = GoldenAccount, HolderName = Utf8("Zoë 𝔘"), CurrencyCode = Utf8("EUR"),
                };
            })
        },
        {
            GoldenFrames.Deposit,
            GoldenRecord(2, "d-1").With(r => r.Deposit = new DepositEvent
            {
                AccountId = GoldenAccount, Amount = 1000, CurrencyCode = Utf8("EUR"), Description = Utf8("café"),
            })
        },
        {
            GoldenFrames.Withdraw,
            GoldenRecord(3, "").With(r => r.Withdraw = new WithdrawEvent
            {
                AccountId = GoldenAccount, Amount = 1_000_000_000_000_000,
            })
        },
    };

    [Theory]
    [MemberData(nameof(Golden))]
    public void The_bytes_of_a_record_never_change(byte[] frame, LogRecord record)
    {
        Assert.Equal(Convert.ToHexStringLower(frame), Convert.ToHexStringLower(LogFrame.Encode(record)));
        Assert.Equal(FrameKind.Record, LogFrame.Decode(frame, out var decoded));
        Assert.Equal(record, decoded);
    }

    /// <summary>RFC 3720 names 0xE3069283 for "123456789": here as rules version "12" and "3456789".</summary>
    [Fact]
    public void The_checksum_is_crc_32c_of_rules_version_and_payload()
    {
        byte[] frame = [.. "BANK12"u8, 0xE3, 0x06, 0x92, 0x83, .. "3456789"u8];
        Assert.Equal(FrameKind.Unknown, LogFrame.Decode(frame, out _));
        Assert.Equal(0xE3069283, Frames.Crc32C(Encoding.ASCII.GetBytes("123456789")));

        frame[9] ^= 0x80;
        Assert.Equal(FrameKind.BadFrame, LogFrame.Decode(frame, out _));
    }

    [Fact]
    public void Checksums_of_every_length_agree_with_the_slow_one()
    {
        for (var size = 0; size < 70; size++)
        {
            var record = new LogRecord { RequestId = ByteString.CopyFrom(Bytes(size)) };
            Assert.Equal(Frames.Around(record.ToByteArray()), LogFrame.Encode(record));
        }
    }

    public static TheoryData<string, byte[]> Foreign()
    {
        var plain = Plain();
        var head = plain.With(r => r.ClearBody()).ToByteArray();
        var body = plain.Deposit.ToByteArray();
        byte[] wrapped = [0x8A, 0x01, (byte)body.Length, .. body];
        return new()
        {
            { "the body first", [.. wrapped, .. head] },
            { "an explicit default", [.. head, 0x22, 0x00, .. wrapped] },
            { "explicit defaults within", [.. head, 0x8A, 0x01, (byte)(body.Length + 2), .. body, 0x22, 0x00] },
            { "a length in more bytes than it takes", [.. head, 0x8A, 0x01, (byte)(body.Length | 0x80), 0x00, .. body] },
            { "a field number in more bytes than it takes", [.. head, 0x8A, 0x81, 0x00, (byte)body.Length, .. body] },
            { "a field twice, the last one counts", [0x08, 0x01, .. head, .. wrapped] },
            { "a body in two parts", [.. head, 0x8A, 0x01, 0x02, 0x10, 0x07, .. wrapped] },
        };
    }

    [Theory]
    [MemberData(nameof(Foreign))]
    public void What_another_library_writes_differently_is_the_same_record(string what, byte[] payload)
    {
        Assert.NotNull(what);
        Assert.NotEqual(Plain().ToByteArray(), payload);
        Assert.Equal(FrameKind.Record, LogFrame.Decode(Frames.Around(payload), out var decoded));
        Assert.Equal(Plain(), decoded);
    }

    public static TheoryData<string, byte[]> ForeignNumbers() => new()
    {
        { "in one piece, and an explicit default", [0x3A, 0x03, 0x00, 0x0C, 0x0D, 0x30, 0x00] },
        { "one by one", [0x38, 0x00, 0x38, 0x0C, 0x38, 0x0D] },
        { "in two pieces", [0x3A, 0x01, 0x00, 0x3A, 0x02, 0x0C, 0x0D] },
        { "one of them before a piece", [0x38, 0x00, 0x3A, 0x02, 0x0C, 0x0D] },
        { "in more bytes than it takes", [0x3A, 0x04, 0x80, 0x00, 0x0C, 0x0D] },
    };

    [Theory]
    [MemberData(nameof(ForeignNumbers))]
    public void Repeated_numbers_may_be_written_in_pieces_or_one_by_one(string what, byte[] reasons)
    {
        Assert.NotNull(what);
        var settle = Plain().With(record => record.TransferSettle = new TransferSettleEvent { Sequence = 5 });
        var head = settle.With(record => record.ClearBody()).ToByteArray();
        byte[] body = [.. settle.TransferSettle.ToByteArray(), .. reasons];
        byte[] payload = [.. head, 0xB2, 0x01, (byte)body.Length, .. body];

        Assert.Equal(FrameKind.Record, LogFrame.Decode(Frames.Around(payload), out var decoded));
        settle.TransferSettle.FurtherReasons.Add([0, 12, 13]);
        Assert.Equal(settle, decoded);

        // Bytes under the number of a field that has numbers one by one are no such field.
        byte[] other = [.. head, 0x0A, 0x01, 0x05];
        Assert.Equal(FrameKind.Unknown, LogFrame.Decode(Frames.Around(other), out _));
    }

    [Fact]
    public void No_frame_with_one_bit_changed_is_read_as_a_record()
    {
        foreach (var frame in (byte[][])[GoldenFrames.Create, GoldenFrames.Deposit, GoldenFrames.Withdraw])
        {
            for (var bit = 0; bit < frame.Length * 8; bit++)
            {
                var bad = (byte[])frame.Clone();
                bad[bit / 8] ^= (byte)(1 << (bit % 8));
                Assert.Equal(FrameKind.BadFrame, LogFrame.Decode(bad, out var decoded));
                Assert.Null(decoded);
            }
        }
    }

    [Fact]
    public void No_frame_that_was_cut_or_shifted_is_read_as_a_record()
    {
        var frame = GoldenFrames.Create;
        for (var size = 1; size < frame.Length; size++)
        {
            Assert.Equal(FrameKind.BadFrame, LogFrame.Decode(frame.AsSpan(0, size), out _));
            Assert.Equal(FrameKind.BadFrame, LogFrame.Decode(frame.AsSpan(size), out _));
        }
    }

    [Fact]
    public void The_largest_record_within_the_bounds_fits_a_frame_by_far()
    {
        var largest = Plain().With(r =>
        {
            r.RequestId = Utf8(string.Concat(Enumerable.Repeat("𝔘", Bounds.MaxRequestIdScalars)));
            r.ReplyTo = ByteString.CopyFrom(Bytes(Bounds.MaxReplyToSize));
            r.Traceparent = ByteString.CopyFrom(Bytes(Bounds.MaxReplyToSize));
            r.ProducerSequence = long.MaxValue;
            r.Create = Create(Alice, string.Concat(Enumerable.Repeat("𝔘", Bounds.MaxHolderNameScalars))).Create;
        });
        var frame = LogFrame.Encode(largest);

        Assert.InRange(frame.Length, 1_000, LogFrame.MaxSize / 4);
        Assert.Equal(FrameKind.Record, LogFrame.Decode(frame, out _));
    }

    [Fact]
    public void The_longest_frame_is_8_kib()
    {
        LogRecord Padded(int size) => new() { RequestId = ByteString.CopyFrom(new byte[size]) };
        var fitting = LogFrame.MaxSize - LogFrame.HeaderSize - 3;
        Assert.Equal(8192, LogFrame.Encode(Padded(fitting)).Length);
        Assert.Equal(FrameKind.Record, LogFrame.Decode(LogFrame.Encode(Padded(fitting)), out _));
        Assert.Equal(FrameKind.BadFrame, LogFrame.Decode(LogFrame.Encode(Padded(fitting + 1)), out _));
    }

    private static LogRecord Plain() => new LogWriter().Complete(Deposit(Alice, 7));

    private static LogRecord GoldenRecord(long sequence, string requestId) => new()
    {
        RecordedAtMs = 1_700_000_000_000,
        ProducerId = GoldenProducer,
        ProducerSequence = sequence,
        RequestId = Utf8(requestId),
    };

    private static byte[] Bytes(int size) => [.. Enumerable.Range(0, size).Select(value => (byte)(value * 7))];

    private static ByteString Utf8(string text) => ByteString.CopyFromUtf8(text);
}
