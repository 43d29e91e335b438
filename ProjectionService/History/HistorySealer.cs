using System.Threading.Channels;
using BankAccounts.ProjectionService.Ledger;
using BankAccounts.ServiceDefaults;
using Microsoft.Extensions.Options;
using StackExchange.Redis;

namespace BankAccounts.ProjectionService.History;

/// <summary>
/// Seals histories in the background, after the commits that made them long. It never holds up the fold:
/// what does not fit into its queue, and what fails, is sealed with the account's next page.
/// </summary>
public sealed partial class HistorySealer(
    IConnectionMultiplexer redis, IOptions<BankOptions> bank, ILogger<HistorySealer> logger)
    : BackgroundService
{
    private const int MaxQueuedAccounts = 8_192;

    private readonly Channel<AccountId> due = Channel.CreateBounded<AccountId>(
        new BoundedChannelOptions(MaxQueuedAccounts)
        {
            FullMode = BoundedChannelFullMode.DropWrite,
            SingleReader = true,
        });

    /// <summary>Takes note of what a confirmed batch changed.</summary>
    public void Follow(Changes changes)
    {
        foreach (var account in PageStore.DueIn(changes))
        {
            due.Writer.TryWrite(account);
        }
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var pages = new PageStore(redis.GetDatabase(), bank.Value.RedisTimeout);
        await foreach (var account in due.Reader.ReadAllAsync(stoppingToken))
        {
            try
            {
                await pages.SealDueAsync(account, generation: null, stoppingToken);
            }
            catch (Exception away) when (away is RedisException or TimeoutException)
            {
                LogNotSealed(account.Partition, away.Message);
            }
        }
    }

    [LoggerMessage(EventId = 2401, Level = LogLevel.Warning,
        Message = "Partition {Partition}: a history was not sealed ({Reason}); its next page will see to it.")]
    private partial void LogNotSealed(int partition, string reason);
}
