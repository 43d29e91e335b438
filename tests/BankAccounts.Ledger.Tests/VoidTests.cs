using System.Text;
using BankAccounts.Log.V1;
using BankAccounts.ProjectionService.Ledger;
using BankAccounts.Store.V1;
using BankAccounts.Tests.Logs;
using Google.Protobuf;
using static BankAccounts.Tests.Logs.Records;

namespace BankAccounts.Ledger.Tests;

/// <summary>Rule 1: what counts for nothing, and never blocks the log.</summary>
public sealed class VoidTests
{
    private static readonly ByteString Scalars100 = Utf8(new string('x', 100));
    private static readonly ByteString Scalars101 = Utf8(new string('x', 101));
    private static readonly ByteString Astral200 = Utf8(string.Concat(Enumerable.Repeat("𝔘", 200)));
    private static readonly ByteString Astral201 = Utf8(string.Concat(Enumerable.Repeat("𝔘", 201)));

    public static TheoryData<string, byte[]?> BadFrames()
    {
        var good = LogFrame.Encode(new LogWriter().Complete(Deposit(Alice, 1)));
        var data = new TheoryData<string, byte[]?>
        {
            { "no value", null },
            { "an empty value", [] },
            { "shorter than a header", good[..(LogFrame.HeaderSize - 1)] },
            { "one byte missing", good[..^1] },
            { "one byte more", [.. good, 0] },
            { "twice in one", [.. good, .. good] },
            { "text", Encoding.UTF8.GetBytes("{\"amount\": 1}") },
            { "too long", [.. good[..LogFrame.HeaderSize], .. new byte[LogFrame.MaxSize]] },
        };
        for (var i = 0; i < LogFrame.HeaderSize; i++)
        {
            var bad = (byte[])good.Clone();
            bad[i] ^= 0x01;
            data.Add($"header byte {i} changed", bad);
        }
        return data;
    }

    [Theory]
    [MemberData(nameof(BadFrames))]
    public void What_is_not_a_frame_is_void_and_answers_nobody(string what, byte[]? value)
    {
        Assert.NotNull(what);
        var spec = LedgerSpec.Given(Create(Alice));
        spec.When(LogWriter.KeyOf(Alice), value).ThenVoid(VoidReason.BadFrame);

        Assert.Empty(spec.Last.Answers);
        Assert.Equal(1, spec.Ledger.Head.Voids);
        spec.When(Deposit(Alice, 1)).ThenAccepted(balance: 1, version: 2);
    }

    [Fact]
    public void A_good_frame_around_something_else_is_malformed()
    {
        // Behind the first five: wire types 6 and 7, which there are not, at the top, in a body, and after an unknown field;
        // and tags of six bytes, of a field that is known but for that, at the top and in a body.
        foreach (byte[] payload in (byte[][])
            [
                [0xFF], [0x0A, 0x05, 0x01], [0x00], [0x08], [0x82, 0x01, 0x01],
                [0x08, 0x05, 0x6E], [0x8A, 0x01, 0x01, 0x0F], [0x78, 0x01, 0x6E],
                [0x88, 0x80, 0x80, 0x80, 0x80, 0x00, 0x05], [0x8A, 0x01, 0x07, 0x90, 0x80, 0x80, 0x80, 0x80, 0x00, 0x05],
            ])
        {
            LedgerSpec.Given(Create(Alice))
                .When(LogWriter.KeyOf(Alice), Frames.Around(payload)).ThenVoid(VoidReason.Malformed);
        }
    }

    /// <summary>A field, its last possible value, its first impossible one.</summary>
    public static TheoryData<string, Action<LogRecord>, Action<LogRecord>> Edges() => new()
    {
        { "time above 0", r => r.RecordedAtMs = 1, r => r.RecordedAtMs = 0 },
        { "time not negative", r => r.RecordedAtMs = 1, r => r.RecordedAtMs = -1 },
        { "time of four-digit years", r => r.RecordedAtMs = 253_402_300_799_999, r => r.RecordedAtMs = 253_402_300_800_000 },
        { "time of int64", r => r.RecordedAtMs = 253_402_300_799_999, r => r.RecordedAtMs = long.MaxValue },
        { "producer id not shorter", r => r.ProducerId = Zeros(16), r => r.ProducerId = Zeros(15) },
        { "producer id not longer", r => r.ProducerId = Zeros(16), r => r.ProducerId = Zeros(17) },
        { "sequence from 1", r => r.ProducerSequence = 1, r => r.ProducerSequence = 0 },
        { "sequence not negative", r => r.ProducerSequence = long.MaxValue, r => r.ProducerSequence = long.MinValue },
        { "request id not longer", r => r.RequestId = Scalars100, r => r.RequestId = Scalars101 },
        { "request id is text", r => r.RequestId = Utf8("\u00A0"), r => r.RequestId = Utf8("\u009F") },
        { "reply to not longer", r => r.ReplyTo = Zeros(100), r => r.ReplyTo = Zeros(101) },
        { "trace not longer", r => r.Traceparent = Zeros(100), r => r.Traceparent = Zeros(101) },
        { "a body", r => r.Deposit.Amount = 1, r => r.ClearBody() },
        { "account id is there", r => r.Deposit.AccountId = Bytes(Alice), r => r.Deposit.AccountId = ByteString.Empty },
        { "account id not longer", r => r.Deposit.AccountId = Bytes(Alice), r => r.Deposit.AccountId = Zeros(17) },
        { "account id of version 8", r => r.Deposit.AccountId = Bytes(Alice), r => r.Deposit.AccountId = Zeros(16) },
        { "deposit above 0", r => r.Deposit.Amount = 1, r => r.Deposit.Amount = 0 },
        { "deposit not negative", r => r.Deposit.Amount = 1, r => r.Deposit.Amount = -1 },
        { "deposit bound", r => r.Deposit.Amount = Bounds.MaxAmount, r => r.Deposit.Amount = Bounds.MaxAmount + 1 },
        { "deposit of int64", r => r.Deposit.Amount = 1, r => r.Deposit.Amount = long.MinValue },
        { "deposit currency", r => r.Deposit.CurrencyCode = ByteString.Empty, r => r.Deposit.CurrencyCode = Utf8("USd") },
        { "deposit text", r => r.Deposit.Description = Astral200, r => r.Deposit.Description = Astral201 },
        { "deposit text well-formed", r => r.Deposit.Description = Utf8("é"), r => r.Deposit.Description = Zeros(1) },
        { "withdrawal above 0", r => Take(r).Amount = 1, r => Take(r).Amount = 0 },
        { "withdrawal not negative", r => Take(r).Amount = 1, r => Take(r).Amount = -1 },
        { "withdrawal bound", r => Take(r).Amount = Bounds.MaxAmount, r => Take(r).Amount = Bounds.MaxAmount + 1 },
        { "withdrawal currency", r => Take(r).CurrencyCode = Utf8("EUR"), r => Take(r).CurrencyCode = Utf8("EURO") },
        { "withdrawal text", r => Take(r).Description = Astral200, r => Take(r).Description = Astral201 },
        { "withdrawal account", r => Take(r).AccountId = Bytes(Alice), r => Take(r).AccountId = Zeros(3) },
        { "name not empty", r => Open(r).HolderName = Utf8("x"), r => Open(r).HolderName = ByteString.Empty },
        { "name not longer", r => Open(r).HolderName = Astral200, r => Open(r).HolderName = Astral201 },
        { "name without controls", r => Open(r).HolderName = Utf8(" "), r => Open(r).HolderName = Utf8("a\nb") },
        { "currency is there", r => Open(r).CurrencyCode = Utf8("USD"), r => Open(r).CurrencyCode = ByteString.Empty },
        { "currency of letters", r => Open(r).CurrencyCode = Utf8("ZZZ"), r => Open(r).CurrencyCode = Utf8("US1") },
        { "create's account", r => Open(r).AccountId = Bytes(Alice), r => Open(r).AccountId = ByteString.Empty },
    };

    [Theory]
    [MemberData(nameof(Edges))]
    public void A_field_out_of_its_bounds_makes_the_record_void_and_one_within_does_not(
        string what, Action<LogRecord> possible, Action<LogRecord> impossible)
    {
        Assert.NotNull(what);
        var command = new LogWriter().Complete(Deposit(Alice, 7));

        var inside = new LedgerSpec().When(LogWriter.KeyOf(Alice), LogFrame.Encode(command.With(possible)));
        Assert.NotNull(Assert.Single(inside.Last.Answers).Decision);
        Assert.Equal(0, inside.Ledger.Head.Voids);

        new LedgerSpec().When(LogWriter.KeyOf(Alice), LogFrame.Encode(command.With(impossible)))
            .ThenVoid(VoidReason.Impossible);
    }

    [Fact]
    public void An_appender_that_can_be_named_is_told_that_its_record_is_void()
    {
        var spec = new LedgerSpec().When(Deposit(Alice, 0).By(7, 9).To("bank:decisions:7"));

        var answer = Assert.Single(spec.ThenVoid(VoidReason.Impossible).Last.Answers);
        Assert.Equal("bank:decisions:7", answer.To.ReplyTo.ToStringUtf8());
        Assert.Equal(9, answer.To.ProducerSequence);
    }

    public static TheoryData<string, byte[]?> WrongKeys() => new()
    {
        { "no key", null },
        { "an empty key", [] },
        { "another account", LogWriter.KeyOf(Bob) },
        { "upper case", Encoding.ASCII.GetBytes(Alice.ToString().ToUpperInvariant() + "A")[..36] },
        { "16 bytes", Alice.ToByteArray() },
        { "one character less", LogWriter.KeyOf(Alice)[..^1] },
        { "one character more", [.. LogWriter.KeyOf(Alice), (byte)' '] },
    };

    [Theory]
    [MemberData(nameof(WrongKeys))]
    public void A_record_under_another_key_than_its_account_is_void(string what, byte[]? key)
    {
        Assert.NotNull(what);
        var account = Id(0xABCDEF);
        Assert.True(AccountId.TryParse("0003abcd-0000-8000-8000-000000abcdef", out var lettered));
        var target = what == "upper case" ? lettered : account;
        key = what == "upper case" ? Encoding.ASCII.GetBytes(lettered.ToString().ToUpperInvariant()) : key;

        new LedgerSpec().When(key, LogFrame.Encode(new LogWriter().Complete(Create(target))))
            .ThenVoid(VoidReason.WrongPartition);
    }

    [Fact]
    public void An_account_of_another_partition_is_void_here_and_decided_there()
    {
        var elsewhere = Id(1, Partition + 1);
        var entry = new LogWriter().AppendOne(Create(elsewhere));

        new LedgerSpec().When(entry.Key, entry.Value).ThenVoid(VoidReason.WrongPartition);

        var there = PartitionLedger.StartInMemory(Partition + 1);
        var changes = new Changes();
        there.Apply(there.Read(entry), changes);
        Assert.True(Assert.Single(changes.Answers).Decision!.Value.IsAccepted);
    }

    [Fact]
    public void A_void_record_moves_neither_stream_time_nor_the_processes_window()
    {
        var spec = LedgerSpec.Given(Create(Alice).By(7, 1))
            .When(Deposit(Alice, 0).By(7, 2).At(StartMs + 5_000)).ThenVoid(VoidReason.Impossible);

        Assert.Equal(StartMs, spec.Ledger.Head.StreamTimeMs);
        Assert.Empty(spec.Last.Producers);
        spec.When(Deposit(Alice, 1).By(7, 2)).ThenAccepted(balance: 1, version: 2);
    }

    [Fact]
    public void A_record_of_the_far_future_does_not_stop_the_log()
    {
        LedgerSpec.Given(Create(Alice).At(Bounds.MaxRecordedAtMs))
            .When(Create(Bob).At(Bounds.MaxRecordedAtMs)).ThenAccepted(balance: 0, version: 1)
            .When(Deposit(Bob, 1).At(1)).ThenAccepted(balance: 1, version: 2);
    }

    private static WithdrawEvent Take(LogRecord record) =>
        record.Withdraw ??= new WithdrawEvent { AccountId = Bytes(Alice), Amount = 1 };

    private static CreateEvent Open(LogRecord record) => record.Create ??= Create(Alice).Create;

    private static ByteString Zeros(int size) => ByteString.CopyFrom(new byte[size]);

    private static ByteString Utf8(string text) => ByteString.CopyFromUtf8(text);
}
