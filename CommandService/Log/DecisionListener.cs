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

    private async Task AskForLateAsync(CancellationToken cancellation)
    {
        var late = appender.Pending
            .Where(command => command.WaitsForDecision && command.Age > options.Value.AskAfter)
            .ToLookup(command => command.Interim is not null);
        await AskAsync(
            "decisions",
            late[false].Where(command => command.Offset is not null),
            command => command.Offset!.Value,
            offset => RedisKeys.PlaceOf(RedisKeys.ChunkOf(offset)),
            place => place,
            OnDecisionsFound,
            cancellation);
        // The final decision of a transfer is pushed to who asked first. A retry asks for it.
        await AskAsync(
            "transfers",
            late[true],
            command => command.Interim!.Offset,
            offset => offset,
            offset => RedisKeys.Offset(offset),
            OnTransferFound,
            cancellation);
    }

    /// <summary>
    /// Asks what each partition keeps about the commands that it owes an answer, once for all that have one place. On a cluster some
    /// partitions may be away: those do not keep the others waiting for more than the time-out.
    /// </summary>
    private Task AskAsync(
        string kept,
        IEnumerable<PendingCommand> commands,
        Func<PendingCommand, long> offsetOf,
        Func<long, long> placeOf,
        Func<long, RedisValue> fieldOf,
        Action<IEnumerable<PendingCommand>, byte[]> onFound,
        CancellationToken cancellation) =>
        Task.WhenAll(commands.GroupBy(command => command.Partition).Select(async ofPartition =>
        {
            // A partition decides in the order of the offsets, so the lowest are the ones that it can know about.
            var asked = ofPartition
                .Select(command => (Command: command, Offset: offsetOf(command)))
                .OrderBy(question => question.Offset)
                .Take(MaxAskedAtOnce)
                .ToArray();
            var places = asked.ToLookup(question => placeOf(question.Offset), question => question.Command);
            try
            {
                var found = (RedisResult[])(await DecisionsScript.EvaluateAsync(
                    redis.GetDatabase(),
                    [RedisKeys.Root(ofPartition.Key)],
                    [kept, asked[0].Offset, .. places.Select(place => fieldOf(place.Key))],
                    bank.Value.RedisTimeout,
                    cancellation))!;
                foreach (var (asking, value) in places.Zip(found))
                {
                    if (!value.IsNull)
                    {
                        onFound(asking, (byte[])value!);
                    }
                }
            }
            catch (Exception away) when (away is RedisException or TimeoutException)
            {
                LogAway(away.Message);
            }
        }));

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
