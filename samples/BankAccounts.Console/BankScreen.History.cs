using System.Globalization;
using BankAccounts.V1;
using Google.Protobuf.WellKnownTypes;
using Spectre.Console;

namespace BankAccounts.Samples;

internal sealed partial class BankScreen
{
    private const int MaxWatched = 15;

    public async Task HistoryAsync(string account, int count)
    {
        var entries = new List<HistoryEntry>();
        var request = new ListHistoryRequest { AccountId = account };
        do
        {
            request.PageSize = Math.Min(count - entries.Count, MaxEntries);
            var page = await bank.ListHistoryAsync(request);
            entries.AddRange(page.Entries);
            request.PageToken = page.NextPageToken;
        }
        while (request.PageToken.Length > 0 && entries.Count < count);
        AnsiConsole.Write(TableOf(entries));
    }

    /// <summary>The newest changes above one another, and the balance, drawn anew with each change.</summary>
    public async Task WatchAsync(string account, CancellationToken cancellation)
    {
        var newest = new LinkedList<HistoryEntry>();
        await AnsiConsole.Live(new Text("Waiting for the bank …")).StartAsync(async screen =>
        {
            await foreach (var change in bank.WatchAccountAsync(
                new WatchAccountRequest { AccountId = account }, cancellation))
            {
                if (change.Entry is not null)
                {
                    newest.AddFirst(change.Entry);
                    if (newest.Count > MaxWatched)
                    {
                        newest.RemoveLast();
                    }
                }
                screen.UpdateTarget(new Rows(TableOf([change.Account]), TableOf(newest)));
            }
        });
    }

    private static Table TableOf(IEnumerable<HistoryEntry> entries)
    {
        var table = NewTable("time (UTC)", "what", "outcome")
            .AddColumn(new TableColumn("amount").RightAligned())
            .AddColumn(new TableColumn("balance").RightAligned())
            .AddColumn("description");
        foreach (var entry in entries)
        {
            table.AddRow(
                Text(TimeOf(entry.CreateTime)),
                Text(entry.Kind.ToString()),
                Text(entry.Decision.Reason.Length > 0 ? entry.Decision.Reason : entry.Decision.Outcome.ToString()),
                Text(Number(entry.Amount)),
                Text(Number(entry.Decision.Balance)),
                Text(entry.Description));
        }
        return table;
    }

    private static string TimeOf(Timestamp time) =>
        time.ToDateTime().ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);
}
