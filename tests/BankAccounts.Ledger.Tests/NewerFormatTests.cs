using BankAccounts.Log.V1;
using BankAccounts.ProjectionService.Ledger;
using BankAccounts.Tests.Logs;
using Google.Protobuf;
using static BankAccounts.Tests.Logs.Records;

namespace BankAccounts.Ledger.Tests;

/// <summary>Rule 2: a good frame that this build does not understand is not folded at all.</summary>
public sealed class NewerFormatTests
{
    private static readonly LogRecord Plain = new LogWriter().Complete(Deposit(Alice, 7));

    public static TheoryData<string, byte[]> Unknowns() => new()
    {
        { "other rules", Frames.Around(Plain.ToByteArray(), rulesVersion: 2) },
        { "rules 0", Frames.Around(Plain.ToByteArray(), rulesVersion: 0) },
        { "other rules around nothing that is known", Frames.Around([0xFF], rulesVersion: 2) },
        { "a field at the end", Frames.Around([.. Plain.ToByteArray(), 0x38, 0x01]) },
        { "a field at the front", Frames.Around([0x38, 0x01, .. Plain.ToByteArray()]) },
        { "an empty field", Frames.Around([.. Plain.ToByteArray(), 0x3A, 0x00]) },
        { "a field with a large number", Frames.Around([.. Plain.ToByteArray(), 0xF8, 0xFF, 0xFF, 0xFF, 0x0F, 0x01]) },
        { "a group", Frames.Around([.. Plain.ToByteArray(), 0x3B, 0x3C]) },
        { "a body", Frames.Around([.. Plain.With(r => r.ClearBody()).ToByteArray(), 0xF2, 0x01, 0x02, 0x08, 0x01]) },
        { "a body besides", Frames.Around([.. Plain.ToByteArray(), 0xF2, 0x01, 0x00]) },
        { "a field of a body", Frames.Around(WithBody([.. Plain.Deposit.ToByteArray(), 0x28, 0x01])) },
        { "a known field with another wire type", Frames.Around([.. Plain.ToByteArray(), 0x2D, 1, 2, 3, 4]) },
        { "an amount with another wire type", Frames.Around(WithBody([0x0A, 0x10, .. Alice.ToByteArray(), 0x15, 1, 0, 0, 0])) },
        { "a body with another wire type", Frames.Around([.. Plain.With(r => r.ClearBody()).ToByteArray(), 0x88, 0x01, 0x01]) },
    };

    [Theory]
    [MemberData(nameof(Unknowns))]
    public void A_record_of_a_newer_format_stays_unfolded(string what, byte[] frame)
    {
        Assert.NotNull(what);
        Assert.Equal(FrameKind.Unknown, LogFrame.Decode(frame, out var decoded));
        Assert.Null(decoded);

        var spec = LedgerSpec.Given(Create(Alice));
        var before = spec.Ledger.Head;
        var record = spec.Ledger.Read(spec.Log.AppendRaw(LogWriter.KeyOf(Alice), frame));
        var changes = new Changes();

        Assert.True(record.IsOfNewerFormat);
        Assert.False(record.IsCommand);
        Assert.Throws<InvalidOperationException>(() => spec.Ledger.Apply(record, changes));
        Assert.Equal(before, spec.Ledger.Head);
        Assert.Empty(changes.Voids);
        Assert.Empty(changes.Answers);
    }

    [Fact]
    public void A_newer_format_is_found_under_any_key_since_what_it_says_is_not_known()
    {
        var ledger = PartitionLedger.StartInMemory(Partition);
        Assert.True(ledger.Read(new LogEntry(0, null, Frames.Around([], rulesVersion: 9))).IsOfNewerFormat);
    }

    [Fact]
    public void A_record_behind_the_position_is_not_folded_again()
    {
        var spec = LedgerSpec.Given(Create(Alice), Deposit(Alice, 5));
        var before = spec.Ledger.Head;

        foreach (var entry in spec.Log.Entries)
        {
            Assert.Throws<InvalidOperationException>(
                () => spec.Ledger.Apply(spec.Ledger.Read(entry), new Changes()));
        }
        Assert.Equal(before, spec.Ledger.Head);
    }

    [Fact]
    public void Offsets_may_have_gaps()
    {
        var spec = LedgerSpec.Given(Create(Alice));
        spec.Log.NextOffset = 40;

        spec.When(Deposit(Alice, 5)).ThenDecided(Store.V1.Reason.Unspecified, 5, 2, offset: 40);
        Assert.Equal(41, spec.Ledger.Head.Position);
    }

    /// <summary>The plain record with other bytes as its deposit.</summary>
    private static byte[] WithBody(byte[] deposit) =>
        [.. Plain.With(r => r.ClearBody()).ToByteArray(), 0x8A, 0x01, (byte)deposit.Length, .. deposit];
}
