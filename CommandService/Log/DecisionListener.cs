using BankAccounts.ServiceDefaults;
using BankAccounts.ServiceDefaults.Redis;
using BankAccounts.Store.V1;
using Microsoft.Extensions.Options;
using StackExchange.Redis;

namespace BankAccounts.CommandService.Log;

/// <summary>
/// Hears the decisions that commits push to this process, and asks for those that a lost push owes: the
/// latest decisions are kept in Redis by position.
/// </summary>
public sealed partial class DecisionListener(
    IConnectionMultiplexer redis,
    Appender appender,
    IOptions<BankOptions> bank,
    IOptions<CommandOptions> options,
    ILogger<DecisionListener> logger) : BackgroundService
{
    private const int MaxAskedAtOnce = 500;

    private static readonly RedisScript DecisionsScript = new(typeof(DecisionListener), "decisions.lua");
    private static readonly TimeSpan RetryDelay = TimeSpan.FromSeconds(1);

    /// <inheritdoc/>
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        appender.ListenOn($"bank:decisions:{Convert.ToHexStringLower(appender.ProducerId.Span)}");
        await base.StartAsync(cancellationToken);
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await SubscribeAsync(stoppingToken);
        using var timer = new PeriodicTimer(options.Value.AskAfter / 2);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await AskForLateAsync(stoppingToken);
            }
            catch (Exception away) when (away is RedisException or TimeoutException)
            {
                LogAway(away.Message);
            }
        }
    }

    private async Task SubscribeAsync(CancellationToken cancellation)
    {
        while (true)
        {
            try
            {
                // Once asked for, the client keeps the subscription over reconnects.
                await redis.GetSubscriber().SubscribeAsync(
                    new RedisChannel(appender.ReplyTo, RedisChannel.PatternMode.Literal),
                    (_, message) => OnPushed(message))
                    .WaitAsync(bank.Value.RedisTimeout, cancellation);
                return;
            }
            catch (Exception away) when (away is RedisException or TimeoutException)
            {
                LogAway(away.Message);
                await Task.Delay(RetryDelay, cancellation);
            }
        }
    }

    private void OnPushed(byte[]? message)
    {
        var batch = DecisionBatch.Parser.ParseFrom(message);
        foreach (var pushed in batch.Decisions)
        {
            Tell(batch.Partition, pushed);
        }
    }

    private void Tell(int partition, PushedDecision pushed)
    {
        if (pushed.Decision is not null)
        {
            appender.Decide(
                partition, pushed.ProducerSequence, new CommandOutcome(AppendResult.Decided, pushed.Decision));
        }
        else if (pushed.VoidReason != VoidReason.Redelivery)
        {
            // A redelivery's first arrival has its own answer. Any other void means that this build
            // appended what no ledger takes.
            LogVoid(partition, pushed.Offset, pushed.VoidReason);
            appender.Decide(
                partition, pushed.ProducerSequence, new CommandOutcome(AppendResult.NotAppended, Decision: null));
        }
    }

    private async Task AskForLateAsync(CancellationToken cancellation)
    {
        var late = appender.Pending
            .Where(command => command.Offset is not null && command.Interim is null
                && command.Age > options.Value.AskAfter)
            .GroupBy(command => command.Partition);
        foreach (var commands in late)
        {
            await AskAsync(commands.Key, [.. commands.Take(MaxAskedAtOnce)], cancellation);
        }
        // The final decision of a transfer is pushed to who asked first. A retry asks for it.
        var pendingTransfers = appender.Pending
            .Where(command => command.Interim is not null && command.Age > options.Value.AskAfter)
            .GroupBy(command => command.Partition);
        foreach (var commands in pendingTransfers)
        {
            await AskForTransfersAsync(commands.Key, [.. commands.Take(MaxAskedAtOnce)], cancellation);
        }
    }

    private async Task AskForTransfersAsync(
        int partition, PendingCommand[] commands, CancellationToken cancellation)
    {
        var fields = commands.Select(command => (RedisValue)RedisKeys.Offset(command.Interim!.Offset));
        var kept = await ReadAsync(partition, "transfers", fields, cancellation);
        foreach (var (command, value) in commands.Zip(kept))
        {
            if (!value.IsNull)
            {
                var transfer = StoredTransfer.Parser.ParseFrom((byte[])value!);
                appender.Decide(
                    partition, command.Sequence, new(AppendResult.Decided, transfer.Decision));
            }
        }
    }

    private async Task AskAsync(int partition, PendingCommand[] commands, CancellationToken cancellation)
    {
        var fields = commands.Select(
            command => (RedisValue)(command.Offset!.Value % RedisKeys.MaxDecisions));
        var kept = await ReadAsync(partition, "decisions", fields, cancellation);
        foreach (var (command, value) in commands.Zip(kept))
        {
            if (!value.IsNull
                && PushedDecision.Parser.ParseFrom((byte[])value!) is var found
                && found.Offset == command.Offset
                && found.ProducerId.Span.SequenceEqual(appender.ProducerId.Span))
            {
                Tell(partition, found);
            }
        }
    }

    private async Task<RedisResult[]> ReadAsync(
        int partition, string hash, IEnumerable<RedisValue> fields, CancellationToken cancellation) =>
        (RedisResult[])(await DecisionsScript.EvaluateAsync(
            redis.GetDatabase(),
            [RedisKeys.Root(partition)],
            [hash, .. fields],
            bank.Value.RedisTimeout,
            cancellation))!;

    [LoggerMessage(EventId = 3201, Level = LogLevel.Warning, Message = "Redis is away: {Reason}")]
    private partial void LogAway(string reason);

    [LoggerMessage(EventId = 3202, Level = LogLevel.Error,
        Message = "Partition {Partition}, offset {Offset}: the ledger took the record as void ({Reason}).")]
    private partial void LogVoid(int partition, long offset, VoidReason reason);
}
