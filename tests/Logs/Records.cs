using BankAccounts.Log.V1;
using BankAccounts.ProjectionService.Ledger;
using Google.Protobuf;

namespace BankAccounts.Tests.Logs;

/// <summary>Commands as tests write them down: in one line, within the bounds unless they say so.</summary>
internal static class Records
{
    /// <summary>The partition that tests are about.</summary>
    public const int Partition = 3;

    /// <summary>The time of the first record unless a test says another: 2023-11-14T22:13:20Z.</summary>
    public const long StartMs = 1_700_000_000_000;

    /// <summary>Two accounts of the partition.</summary>
    public static readonly AccountId Alice = Id(1), Bob = Id(2);

    /// <summary>An account id with a number in it.</summary>
    public static AccountId Id(int number, int partition = Partition)
    {
        Assert.True(AccountId.TryParse($"{partition:x4}0000-0000-8000-8000-{number:x12}", out var id));
        return id;
    }

    /// <summary>The id of an appending process with a number in it.</summary>
    public static byte[] Producer(int number) =>
        new Guid(number, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1).ToByteArray(bigEndian: true);

    public static LogRecord Create(AccountId account, string name = "Alice", string currency = "USD") => new()
    {
        Create = new CreateEvent
        {
            AccountId = Bytes(account),
            HolderName = ByteString.CopyFromUtf8(name),
            CurrencyCode = ByteString.CopyFromUtf8(currency),
        },
    };

    public static LogRecord Deposit(
        AccountId account, long amount, string currency = "", string description = "") => new()
        {
            Deposit = new DepositEvent
            {
                AccountId = Bytes(account),
                Amount = amount,
                CurrencyCode = ByteString.CopyFromUtf8(currency),
                Description = ByteString.CopyFromUtf8(description),
            },
        };

    public static LogRecord Withdraw(
        AccountId account, long amount, string currency = "", string description = "") => new()
        {
            Withdraw = new WithdrawEvent
            {
                AccountId = Bytes(account),
                Amount = amount,
                CurrencyCode = ByteString.CopyFromUtf8(currency),
                Description = ByteString.CopyFromUtf8(description),
            },
        };

    /// <summary>A bank of 8 partitions unless a test says another count.</summary>
    public static LogRecord Transfer(
        AccountId from, AccountId to, long amount, string currency = "", string description = "", int partitions = 8) =>
        new()
        {
            Transfer = new TransferEvent
            {
                FromAccountId = Bytes(from),
                ToAccountId = Bytes(to),
                Amount = amount,
                CurrencyCode = ByteString.CopyFromUtf8(currency),
                Description = ByteString.CopyFromUtf8(description),
                PartitionCount = partitions,
            },
        };

    public static LogRecord Close(AccountId account) => new() { Close = new CloseEvent { AccountId = Bytes(account) } };

    /// <summary>The same with a request id.</summary>
    public static LogRecord As(this LogRecord record, string requestId) =>
        record.With(copy => copy.RequestId = ByteString.CopyFromUtf8(requestId));

    /// <summary>The same from a process, with its number there.</summary>
    public static LogRecord By(this LogRecord record, int producer, long sequence) => record.With(copy =>
    {
        copy.ProducerId = ByteString.CopyFrom(Producer(producer));
        copy.ProducerSequence = sequence;
    });

    /// <summary>The same at a time.</summary>
    public static LogRecord At(this LogRecord record, long recordedAtMs) =>
        record.With(copy => copy.RecordedAtMs = recordedAtMs);

    /// <summary>The same for an appender that waits on a channel.</summary>
    public static LogRecord To(this LogRecord record, string channel) =>
        record.With(copy => copy.ReplyTo = ByteString.CopyFromUtf8(channel));

    /// <summary>The same with a difference.</summary>
    public static LogRecord With(this LogRecord record, Action<LogRecord> difference)
    {
        var copy = record.Clone();
        difference(copy);
        return copy;
    }

    public static ByteString Bytes(AccountId account) => ByteString.CopyFrom(account.ToByteArray());

    /// <summary>The account that a command names.</summary>
    public static AccountId AccountOf(this LogRecord record)
    {
        Assert.True(AccountId.TryRead(PossibleRecord.AccountOf(record).Span, out var account));
        return account;
    }
}
