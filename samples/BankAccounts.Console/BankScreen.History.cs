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

    /// <summary>
    /// On a terminal the account and its newest changes, drawn anew with each change; otherwise a line for each.
    /// </summary>
    public async Task WatchAsync(string account, CancellationToken cancellation)
    {
        var changes = bank.WatchAccountAsync(new WatchAccountRequest { AccountId = account }, cancellation);
        if (!AnsiConsole.Profile.Capabilities.Ansi)
        {
            await foreach (var change in changes)
            {
                AnsiConsole.WriteLine(
                    $"{change.Account.Version} {Number(change.Account.Balance)} {change.Account.CurrencyCode}");
            }
            return;
        }
        var newest = new LinkedList<HistoryEntry>();
        await AnsiConsole.Live(new Text("Waiting for the bank …")).StartAsync(async screen =>
        {
            await foreach (var change in changes)
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
        var table = NewTable()
            .AddColumns("time (UTC)", "what")
            .AddColumn(new TableColumn("outcome").NoWrap())
            .AddColumn(new TableColumn("amount").RightAligned())
            .AddColumn(new TableColumn("balance").RightAligned())
            .AddColumn("description");
        foreach (var entry in entries)
        {
            table.AddRow(
                Text(TimeOf(entry.CreateTime)),
                Text(Words(entry.Kind.ToString())),
                Text(entry.Decision.Reason.Length > 0
                    ? entry.Decision.Reason.Replace('_', ' ').ToLowerInvariant()
                    : Words(entry.Decision.Outcome.ToString())),
                Text(Number(entry.Amount)),
                Text(Number(entry.Decision.Balance)),
                Text(entry.Description));
        }
        return table;
    }

    /// <summary>TransferOut as "transfer out", so that a narrow column breaks between words.</summary>
    private static string Words(string name) =>
        string.Concat(name.Select(letter => char.IsUpper(letter) ? $" {char.ToLowerInvariant(letter)}" : $"{letter}"))
            .TrimStart();

    private static string TimeOf(Timestamp time) =>
        time.ToDateTime().ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);
}
