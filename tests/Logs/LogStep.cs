using BankAccounts.Log.V1;
using BankAccounts.ProjectionService.Ledger;
using static BankAccounts.Tests.Logs.Records;

namespace BankAccounts.Tests.Logs;

/// <summary>
/// One step of a random log, in plain numbers so that a property's tool can make and shrink it. A log
/// has a few accounts, request ids and processes, so that everything meets everything.
/// </summary>
public sealed record LogStep(byte Kind, byte Account, ushort Amount, byte Request, byte Detail)
{
    private const int Accounts = 4;

    /// <summary>The log that steps make.</summary>
    internal static List<LogEntry> LogOf(IEnumerable<LogStep> steps)
    {
        var appending = new Appending();
        foreach (var step in steps)
        {
            step.AppendTo(appending);
        }
        return appending.Log.Entries;
    }

    /// <summary>As many steps as a test of its own wants, the same for the same seed.</summary>
    internal static List<LogStep> Random(int seed, int count)
    {
        var random = new Random(seed);
        byte Byte() => (byte)random.Next(256);
        return [.. Enumerable.Range(0, count)
            .Select(_ => new LogStep(Byte(), Byte(), (ushort)random.Next(65_536), Byte(), Byte()))];
    }

    private void AppendTo(Appending to)
    {
        switch (Kind % 16)
        {
            case 0 or 1:
                to.Send(Asked(Create(Who, currency: Detail % 5 == 0 ? "EUR" : "USD")), Detail);
                break;
            case < 6:
                to.Send(Asked(Deposit(Who, How, Currency)), Detail);
                break;
            case < 10:
                to.Send(Asked(Withdraw(Who, How, Currency)), Detail);
                break;
            case 10:
                to.Resend(Amount);
                break;
            case 11:
                to.HoldBack(Asked(Deposit(Who, How)), Detail);
                break;
            case 12:
                to.LetGo();
                break;
            case 13:
                to.Poison(Amount, Detail);
                break;
            case 14:
                to.Send(Asked(Deposit(Who, Detail % 2 == 0 ? 0 : Bounds.MaxAmount + 1)), Detail);
                break;
            default:
                to.Send(Asked(Deposit(Who, Bounds.MaxAmount)).At(StartMs + (Amount * 100_000L)), Detail);
                break;
        }
    }

    private AccountId Who => Id(1 + (Account % Accounts), Account == 255 ? Partition + 1 : Partition);

    private long How => 1 + (Amount % 300);

    private string Currency => Detail % 7 == 0 ? "EUR" : "";

    private LogRecord Asked(LogRecord record) =>
        Request % 3 == 0 ? record.As($"request {Request % 12}") : record;

    /// <summary>Three processes and a network that repeats, delays and damages.</summary>
    private sealed class Appending
    {
        private readonly long[] sequences = [0, 0, 0];
        private readonly Queue<LogRecord> heldBack = new();

        public LogWriter Log { get; } = new();

        public void Send(LogRecord record, int detail) => Log.Append(Numbered(record, detail));

        public void HoldBack(LogRecord record, int detail) => heldBack.Enqueue(Numbered(record, detail));

        public void LetGo()
        {
            if (heldBack.TryDequeue(out var record))
            {
                Log.Append(record);
            }
        }

        public void Resend(int which)
        {
            if (Log.Entries.Count > 0)
            {
                Log.AppendAgain(Log.Entries[which % Log.Entries.Count]);
            }
        }

        public void Poison(int which, int detail)
        {
            var bytes = new byte[detail];
            new Random(which).NextBytes(bytes);
            if (detail % 3 > 0 && Log.Entries.Count > 0 && Log.Entries[which % Log.Entries.Count].Value is { Length: > 0 } good)
            {
                bytes = (byte[])good.Clone();
                bytes[detail % bytes.Length] ^= (byte)(1 << (which % 8));
            }
            Log.AppendRaw(
                detail % 4 == 0 ? null : LogWriter.KeyOf(Alice),
                detail % 5 == 0 ? null : bytes);
        }

        private LogRecord Numbered(LogRecord record, int detail)
        {
            var producer = detail % sequences.Length;
            sequences[producer] += detail == 254 ? 1_500 : 1;
            return record.By(producer + 1, sequences[producer]).To($"channel {producer + 1}");
        }
    }
}
