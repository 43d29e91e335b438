using System.Globalization;
using System.Runtime.CompilerServices;
using BankAccounts.ProjectionService.Ledger;
using BankAccounts.ProjectionService.Redis;
using BankAccounts.ServiceDefaults.Redis;
using BankAccounts.Store.V1;
using Google.Protobuf;

namespace BankAccounts.Simulation.Tests;

/// <summary>The invariants, over what Redis holds and what the model says of the log.</summary>
internal static class Checks
{
    /// <summary>I5 and I7: Redis is the model of the log up to its position.</summary>
    public static void RedisIsTheModel(Partition partition)
    {
        var (redis, model, position) = (partition.Redis, partition.Model, partition.Redis.Head.Position);
        if (!redis.IsUsable)
        {
            return;
        }
        Require(position < model.LogDigests.Count, $"Redis of {partition.Number} is ahead of the log");
        Require(
            redis.Head.Digest.AsSpan().SequenceEqual(model.LogDigests[(int)position]),
            $"Redis of {partition.Number} is at {position} of another log");
        var keys = new RedisKeys(partition.Number, redis.Generation!.Value);
        var stored = redis.Hash(keys.Accounts);
        var expected = 0;
        foreach (var id in model.Accounts)
        {
            if (model.AccountAt(id, position) is not { } account)
            {
                continue;
            }
            expected++;
            Require(stored.TryGetValue(UnsafeByteOperations.UnsafeWrap(id.ToByteArray()), out var bytes), $"{id} is missing at {position}");
            var found = StoredAccount.Parser.ParseFrom(bytes!);
            var actual = new ModelAccount(
                found.CurrencyCode.ToStringUtf8(), found.Balance, found.Unsettled, found.Closed, found.Version);
            Require(actual == account, $"{id} at {position} is {actual}, not {account}");
            Require(account is { Balance: >= 0, Unsettled: >= 0 }, $"{id} is negative");
        }
        Require(stored.Count == expected, $"partition {partition.Number} has {stored.Count} accounts, not {expected}");
        ChannelsAreTheModel(partition, keys, position);
    }

    /// <summary>
    /// I4: over the positions at which the partitions stand, however far apart, matched per transfer.
    /// </summary>
    public static void MoneyIsConserved(IReadOnlyList<Partition> partitions)
    {
        Int128 there = 0, paidIn = 0;
        foreach (var partition in partitions.Where(partition => partition.Redis.IsUsable))
        {
            var position = partition.Redis.Head.Position;
            paidIn += partition.Model.PaidIn[(int)position];
            foreach (var bytes in partition.Redis.Hash(
                new RedisKeys(partition.Number, partition.Redis.Generation!.Value).Accounts).Values)
            {
                there += StoredAccount.Parser.ParseFrom(bytes).Balance;
            }
        }
        foreach (var source in partitions)
        {
            foreach (var destination in partitions)
            {
                there += OnTheWay(source, destination);
            }
        }
        Require(there == paidIn, $"{there} is there or on its way, {paidIn} was paid in");
    }

    /// <summary>I2 and I3: no more than one effect of a request, by the histories that Redis holds.</summary>
    public static void OneEffectPerRequest(Partition partition)
    {
        var keys = new RedisKeys(partition.Number, partition.Redis.Generation!.Value);
        foreach (var (id, value) in partition.Redis.Hash(keys.Accounts))
        {
            Require(AccountId.TryRead(id.Span, out var account), $"an account has no id");
            var effects = partition.Redis.List(keys.History(account))
                .Append(StoredAccount.Parser.ParseFrom(value).Leaf)
                .SelectMany(leaf => StoredHistoryPage.Parser.ParseFrom(leaf).Entries)
                .Where(entry => entry.Decision.Reason == 0 && !entry.RequestId.IsEmpty
                    && entry.Kind is Kind.Create or Kind.Deposit or Kind.Withdraw or Kind.TransferOut or Kind.Close);
            Require(
                effects.GroupBy(entry => entry.RequestId).All(group => group.Count() == 1),
                $"a request of {account} took effect twice");
        }
    }

    /// <summary>I1: what was acknowledged is in the log, decided exactly once, and can be asked for.</summary>
    public static void AcknowledgedAreDecidedOnce(Partition partition, Appender appender)
    {
        var keys = new RedisKeys(partition.Number, partition.Redis.Generation!.Value);
        foreach (var sequence in appender.Acknowledged.Where(one => one.Partition == partition.Number).Select(one => one.Sequence))
        {
            var answers = partition.Model.OffsetsOf(appender.Id, sequence).Select(offset => Kept(partition, keys, offset)).ToList();
            Require(answers.Count > 0 && answers.All(answer => answer is not null), $"{sequence} was acknowledged and has no answer");
            var pushed = answers.ConvertAll(answer => answer!);
            Require(pushed.Count(one => one.VoidReason == 0) == 1, $"{sequence} of {partition.Number} was decided {pushed.Count(one => one.VoidReason == 0)} times");
            pushed.ForEach(one => IsTheModels(partition, one));
        }
    }

    /// <summary>
    /// A partition whose log was truncated keeps what it has: no new generation, no step back. That it is the
    /// fold of the log that was there, and no more, is for <see cref="RedisIsTheModel"/> to say.
    /// </summary>
    public static void NothingWasReset(Partition partition)
    {
        var (generation, position) = partition.TruncatedAt;
        Require(
            partition.Redis.Generation == generation && partition.Redis.Head.Position >= position,
            $"partition {partition.Number} was reset after its log was truncated");
        Require(partition.Owners[0].Halted is not null, $"partition {partition.Number} goes on with a truncated log");
    }

    /// <summary>I5: an answer is the model's, at first or in the end.</summary>
    public static void IsTheModels(Partition partition, PushedDecision pushed)
    {
        var found = pushed.Decision is { } decision
            ? new ModelOutcome(0, -1, decision.Reason, decision.Balance, decision.Version, decision.Offset, decision.Pending)
            : new ModelOutcome(pushed.VoidReason, pushed.FirstOffset);
        Require(pushed.Offset < partition.Model.Outcomes.Count, $"record {pushed.Offset} of {partition.Number} is not in the log");
        var expected = partition.Model.Outcomes[(int)pushed.Offset];
        Require(
            found == expected || (partition.Model.Finals.TryGetValue(pushed.Offset, out var final) && found == final),
            $"record {pushed.Offset} of {partition.Number} became {found}, not {expected}");
    }

    /// <summary>The message is written only if it is needed: there are millions of checks.</summary>
    public static void Require(bool holds, [InterpolatedStringHandlerArgument(nameof(holds))] ref Violation what)
    {
        if (!holds)
        {
            throw new ViolationException(what.ToString());
        }
    }

    public static void Require(bool holds, string what)
    {
        if (!holds)
        {
            throw new ViolationException(what);
        }
    }

    private static void ChannelsAreTheModel(Partition partition, RedisKeys keys, long position)
    {
        var redis = partition.Redis;
        var unsettled = redis.Hash(keys.Unsettled);
        var count = 0;
        foreach (var (destination, sent) in partition.Model.Sent)
        {
            for (var i = 0; i < sent.Count; i++)
            {
                var field = UnsafeByteOperations.UnsafeWrap(StoreCodec.Field(new ChannelEntry(destination, i + 1)));
                var isUnsettled = sent[i].OpenedAt < position && sent[i].FinalAt >= position;
                count += isUnsettled ? 1 : 0;
                Require(unsettled.ContainsKey(field) == isUnsettled, $"transfer {i + 1} to {destination} at {position}");
            }
        }
        Require(unsettled.Count == count, $"partition {partition.Number} has {unsettled.Count} unsettled, not {count}");
        foreach (var (field, value) in redis.Hash(keys.ChannelsIn))
        {
            var source = StoreCodec.DecodePartition(field.ToByteArray());
            var channel = StoredIncomingChannel.Parser.ParseFrom(value);
            var taken = partition.Model.Received[source].Count(credit => credit.TakenAt < position);
            Require(channel.LastSequence == taken, $"channel from {source} took {channel.LastSequence}, not {taken}");
            var isHalted = partition.Model.Halted.TryGetValue(source, out var offset) && offset < position;
            Require(channel.Halted == isHalted, $"channel from {source} is halted: {channel.Halted}");
        }
    }

    private static Int128 OnTheWay(Partition source, Partition destination)
    {
        Int128 amount = 0;
        var sent = source.Model.Sent.GetValueOrDefault(destination.Number) ?? [];
        var received = destination.Model.Received.GetValueOrDefault(source.Number) ?? [];
        Require(received.Count <= sent.Count, $"{destination.Number} took more than {source.Number} sent");
        var (sentTo, takenTo) = (PositionOf(source), PositionOf(destination));
        for (var i = 0; i < sent.Count; i++)
        {
            var credit = i < received.Count ? received[i] : null;
            var isOut = sent[i].OpenedAt < sentTo && !(sent[i].FinalAt < sentTo && sent[i].IsRefund);
            var isIn = credit is { Reason: Reason.Unspecified } && credit.TakenAt < takenTo;
            Require(credit is null || credit.Amount == sent[i].Command.Transfer.Amount, $"transfer {i + 1} changed on its way");
            Require(sent[i].FinalAt == long.MaxValue || (credit is not null && sent[i].IsRefund == (credit.Reason != 0)),
                $"transfer {i + 1} from {source.Number} to {destination.Number} ended two ways");
            amount += ((isOut ? 1 : 0) - (isIn ? 1 : 0)) * sent[i].Command.Transfer.Amount;
        }
        return amount;
    }

    private static long PositionOf(Partition partition) =>
        partition.Redis.IsUsable ? partition.Redis.Head.Position : 0;

    private static PushedDecision? Kept(Partition partition, RedisKeys keys, long offset) =>
        partition.Redis.Text(keys.Decisions(RedisKeys.ChunkOf(offset))) is { } chunk
            ? KeptDecisions.Find(DecisionChunk.Parser.ParseFrom(chunk), offset)
            : null;
}

/// <summary>What is wrong, put together only if a check fails.</summary>
[InterpolatedStringHandler]
internal ref struct Violation
{
    private DefaultInterpolatedStringHandler text;

    public Violation(int literalLength, int formattedCount, bool holds, out bool isNeeded)
    {
        isNeeded = !holds;
        text = isNeeded
            ? new DefaultInterpolatedStringHandler(literalLength, formattedCount, CultureInfo.InvariantCulture)
            : default;
    }

    public void AppendLiteral(string value) => text.AppendLiteral(value);

    public void AppendFormatted<T>(T value) => text.AppendFormatted(value);

    public override string ToString() => text.ToStringAndClear();
}
