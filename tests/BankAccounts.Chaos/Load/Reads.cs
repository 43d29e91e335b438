using BankAccounts.V1;
using Grpc.Core;

namespace BankAccounts.Chaos;

/// <summary>Reads, each noted with the position that it named. One that is refused says so, and proves nothing.</summary>
internal sealed class Reads(QueryService.QueryServiceClient queries, Population population, EventLog log)
{
    private const int PageSize = 500;

    /// <summary>The account, with everything in it that was acknowledged before. Whether there was an answer.</summary>
    public async Task<bool> ReadAsync(string account, TimeSpan deadline)
    {
        var least = population.LatestOf(account);
        var request = new GetAccountRequest { AccountId = account };
        if (least >= 0)
        {
            request.MinPosition.Add(new Position { Partition = PartitionOf(account), Offset = least });
        }
        try
        {
            var answer = await queries.GetAccountAsync(request, deadline: DateTime.UtcNow + deadline);
            log.Note(new
            {
                Event = "read",
                T = log.Now,
                Account = account,
                Min = least,
                Position = answer.Position.Offset,
                Holder = answer.Account.HolderName,
                Currency = answer.Account.CurrencyCode,
                answer.Account.Balance,
                answer.Account.Version,
                Closed = answer.Account.State == AccountState.Closed,
            });
            return true;
        }
        catch (RpcException)
        {
            return false;
        }
    }

    /// <summary>The whole history of an account, oldest entry first.</summary>
    public async Task ReadHistoryAsync(string account, TimeSpan deadline)
    {
        var entries = new List<object[]>();
        var token = string.Empty;
        do
        {
            var page = await queries.ListHistoryAsync(
                new ListHistoryRequest { AccountId = account, PageSize = PageSize, PageToken = token },
                deadline: DateTime.UtcNow + deadline);
            entries.AddRange(page.Entries.Select(Form));
            token = page.NextPageToken;
        }
        while (token.Length > 0);
        entries.Reverse();
        log.Note(new { Event = "history", Account = account, Entries = entries });
    }

    /// <summary>What became of a request whose caller was not told.</summary>
    public async Task ResolveAsync(string account, string request, TimeSpan deadline)
    {
        try
        {
            var answer = await queries.GetDecisionAsync(
                new GetDecisionRequest { AccountId = account, RequestId = request },
                deadline: DateTime.UtcNow + deadline);
            log.Note(new
            {
                Event = "resolved",
                Account = account,
                Request = request,
                Found = true,
                answer.Decision.Position.Offset,
                answer.Decision.Reason,
            });
        }
        catch (RpcException error) when (error.StatusCode == StatusCode.NotFound)
        {
            log.Note(new { Event = "resolved", Account = account, Request = request, Found = false });
        }
    }

    public static int PartitionOf(string account) =>
        AccountId.TryParse(account, out var id) ? id.Partition : throw new FormatException(account);

    private static object[] Form(HistoryEntry entry) =>
    [
        entry.Number, NameOf(entry.Kind), entry.Amount, entry.Decision.Balance, entry.Decision.Version,
        entry.Decision.Reason, entry.Position.Offset,
    ];

    private static string NameOf(EntryKind kind) => kind switch
    {
        EntryKind.Create => "CREATE",
        EntryKind.Deposit => "DEPOSIT",
        EntryKind.Withdraw => "WITHDRAW",
        EntryKind.TransferOut => "TRANSFER_OUT",
        EntryKind.TransferSettled => "TRANSFER_SETTLED",
        EntryKind.TransferRefunded => "TRANSFER_REFUNDED",
        EntryKind.TransferIn => "TRANSFER_IN",
        EntryKind.Close => "CLOSE",
        _ => kind.ToString(),
    };
}
