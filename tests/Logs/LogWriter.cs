using System.Text;
using BankAccounts.Log.V1;
using BankAccounts.ProjectionService.Ledger;
using Google.Protobuf;

namespace BankAccounts.Tests.Logs;

/// <summary>
/// Appends as the services do: the key is the account, if there is one, and what a record does not say of its
/// process, its number there and its time is filled in. Time goes on by a millisecond a record.
/// </summary>
internal sealed class LogWriter(int producer = 1)
{
    private long nextSequence = 1;

    /// <summary>The log.</summary>
    public List<LogEntry> Entries { get; } = [];

    /// <summary>The offset of the next record.</summary>
    public long NextOffset { get; set; }

    /// <summary>The time of the next record.</summary>
    public long NextMs { get; set; } = Records.StartMs;

    /// <summary>Appends a command.</summary>
    public LogEntry AppendOne(LogRecord command)
    {
        var record = Complete(command);
        return AppendRaw(
            record.ChannelRelease is null ? KeyOf(record.AccountOf()) : null, LogFrame.Encode(record));
    }

    /// <summary>Appends commands.</summary>
    public LogWriter Append(params LogRecord[] commands)
    {
        Array.ForEach(commands, command => AppendOne(command));
        return this;
    }

    /// <summary>Appends any key and value.</summary>
    public LogEntry AppendRaw(byte[]? key, byte[]? value)
    {
        var entry = new LogEntry(NextOffset++, key, value);
        Entries.Add(entry);
        return entry;
    }

    /// <summary>Appends what stands in the log already, as a resend does.</summary>
    public LogEntry AppendAgain(LogEntry entry) => AppendRaw(entry.Key, entry.Value);

    /// <summary>The record with what its appender adds.</summary>
    public LogRecord Complete(LogRecord command) => command.With(record =>
    {
        if (record.RecordedAtMs == 0)
        {
            record.RecordedAtMs = NextMs++;
        }
        if (record.ProducerId.IsEmpty)
        {
            record.ProducerId = ByteString.CopyFrom(Records.Producer(producer));
            record.ProducerSequence = nextSequence++;
        }
    });

    public static byte[] KeyOf(AccountId account) => Encoding.ASCII.GetBytes(account.ToString());
}
