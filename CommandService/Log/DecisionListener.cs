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
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await SubscribeAsync(stoppingToken);
        using var timer = new PeriodicTimer(options.Value.AskAfter / 2);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            await AskForLateAsync(stoppingToken);
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
        if (batch.Decisions.Count > 0)
        {
            appender.IsToldUpTo(batch.Partition, batch.Decisions[^1].Offset);
        }
    }

    private void Tell(int partition, PushedDecision pushed)
    {
        if (pushed.Decision is not null)
        {
            appender.Decide(
                partition, pushed.ProducerSequence, new CommandOutcome(AppendResult.Decided, pushed.Decision));
        }
        else if (pushed.VoidReason == VoidReason.Redelivery)
        {
            // The first arrival has its own answer. If that was lost, this says where to ask for it.
            appender.IsRedelivery(partition, pushed.ProducerSequence, pushed.FirstOffset);
        }
        else
        {
            // This build appended what no ledger takes.
            LogVoid(partition, pushed.Offset, pushed.VoidReason);
            appender.Decide(
                partition, pushed.ProducerSequence, new CommandOutcome(AppendResult.NotAppended, Decision: null));
        }
    }

    private Task AskForLateAsync(CancellationToken cancellation) =>
        // On a cluster some partitions may be away: those do not keep the others waiting for more than the time-out.
        Task.WhenAll(appender.Waiting.Select(waiting => AskForLateAsync(waiting, cancellation)));

    /// <summary>
    /// Asks about the commands that a partition owes an answer: one that is merely slow, about a single command.
    /// </summary>
    private async Task AskForLateAsync(WaitingCommands waiting, CancellationToken cancellation)
    {
        var age = options.Value.AskAfter;
        try
        {
            var untold = waiting.FindUntold(age, MaxAskedAtOnce);
            if (await AskDecisionsAsync(untold, cancellation) && untold.Count == 1)
            {
                await AskDecisionsAsync(waiting.FindStored(age, MaxAskedAtOnce), cancellation);
            }
            // The final decision of a transfer is pushed to who asked first. A retry asks for it.
            await AskAsync(
                "transfers",
                waiting.TakeUnsettled(age, MaxAskedAtOnce),
                command => command.Interim!.Offset,
                offset => offset,
                offset => RedisKeys.Offset(offset),
                OnTransferFound,
                cancellation);
        }
        catch (Exception away) when (away is RedisException or TimeoutException)
        {
            LogAway(away.Message);
        }
    }

    private Task<bool> AskDecisionsAsync(List<PendingCommand> commands, CancellationToken cancellation) => AskAsync(
        "decisions",
        commands,
        command => command.Offset!.Value,
        offset => RedisKeys.PlaceOf(RedisKeys.ChunkOf(offset)),
        place => place,
        OnDecisionsFound,
        cancellation);

    /// <summary>
    /// Asks what a partition keeps about commands of it, once for all that have one place. False if it has not come to
    /// the first of them.
    /// </summary>
    private async Task<bool> AskAsync(
        string kept,
        List<PendingCommand> commands,
        Func<PendingCommand, long> offsetOf,
        Func<long, long> placeOf,
        Func<long, RedisValue> fieldOf,
        Action<IEnumerable<PendingCommand>, byte[]> onFound,
        CancellationToken cancellation)
    {
        if (commands.Count == 0)
        {
            return false;
        }
        var places = commands.ToLookup(command => placeOf(offsetOf(command)));
        var found = (RedisResult[])(await DecisionsScript.EvaluateAsync(
            redis.GetDatabase(),
            [RedisKeys.Root(commands[0].Partition)],
            [kept, commands.Min(offsetOf), .. places.Select(place => fieldOf(place.Key))],
            bank.Value.RedisTimeout,
            cancellation))!;
        foreach (var (asking, value) in places.Zip(found))
        {
            if (!value.IsNull)
            {
                onFound(asking, (byte[])value!);
            }
        }
        return found.Length > 0;
    }

    private void OnDecisionsFound(IEnumerable<PendingCommand> commands, byte[] value)
    {
        var chunk = DecisionChunk.Parser.ParseFrom(value);
        foreach (var command in commands)
        {
            if (KeptDecisions.Find(chunk, command.Offset!.Value) is { } found
                && KeptDecisions.IsOf(found, appender.ProducerId.Span))
            {
                Tell(command.Partition, found);
            }
        }
    }

    private void OnTransferFound(IEnumerable<PendingCommand> commands, byte[] value)
    {
        var decision = StoredTransfer.Parser.ParseFrom(value).Decision;
        foreach (var command in commands)
        {
            appender.Decide(
                command.Partition, command.Sequence, new CommandOutcome(AppendResult.Decided, decision));
        }
    }

    [LoggerMessage(EventId = 3201, Level = LogLevel.Warning, Message = "Redis is away: {Reason}")]
    private partial void LogAway(string reason);

    [LoggerMessage(EventId = 3202, Level = LogLevel.Error,
        Message = "Partition {Partition}, offset {Offset}: the ledger took the record as void ({Reason}).")]
    private partial void LogVoid(int partition, long offset, VoidReason reason);
}
