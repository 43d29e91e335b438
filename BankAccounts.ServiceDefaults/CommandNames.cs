using System.Diagnostics;
using BankAccounts.Log.V1;

namespace BankAccounts.ServiceDefaults;

/// <summary>What the bodies of records are called in traces and metrics.</summary>
public static class CommandNames
{
    /// <summary>The name of a kind of record.</summary>
    public static string Of(LogRecord.BodyOneofCase kind) => kind switch
    {
        LogRecord.BodyOneofCase.Create => "create",
        LogRecord.BodyOneofCase.Deposit => "deposit",
        LogRecord.BodyOneofCase.Withdraw => "withdraw",
        LogRecord.BodyOneofCase.Transfer => "transfer",
        LogRecord.BodyOneofCase.Close => "close",
        LogRecord.BodyOneofCase.TransferCredit => "transfer_credit",
        LogRecord.BodyOneofCase.TransferSettle => "transfer_settle",
        LogRecord.BodyOneofCase.ChannelRelease => "channel_release",
        LogRecord.BodyOneofCase.None => "none",
        _ => throw new UnreachableException(),
    };
}
