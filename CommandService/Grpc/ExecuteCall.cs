using System.Diagnostics;
using System.Threading.Channels;
using BankAccounts.CommandService.Log;
using BankAccounts.Log.V1;
using BankAccounts.ServiceDefaults.Grpc;
using BankAccounts.ServiceDefaults.Overload;
using BankAccounts.V1;
using Google.Protobuf.Collections;
using Grpc.Core;
using Status = Google.Rpc.Status;

namespace BankAccounts.CommandService.Grpc;

/// <summary>
/// One stream of batches. One loop reads commands and appends them, another one writes what is known of
/// them; no task waits for a single command. A command takes a place when it is read and gives it back when
/// its result is written, so a caller who does not take results is not read from, and the places bound the
/// memory of the stream.
/// </summary>
public sealed class ExecuteCall : IDisposable
{
    // Errors carry details: 1,000 of them would not fit into the largest message that is sent by default. Other results
    // are small.
    private const int EnoughErrorBytes = 256 * 1024;

    /// <summary>A stream may last for days: of one that is sampled, a command in this time is traced.</summary>
    private static readonly TimeSpan TraceInterval = TimeSpan.FromSeconds(1);

    private readonly CommandReader reader;
    private readonly Appender appender;
    private readonly CommandOptions options;
    private readonly ServerCallContext context;
    private readonly CancellationToken stopping;

    /// <summary>Cancelled when what is under way is to be answered as it is.</summary>
    private readonly CancellationTokenSource patience;

    /// <summary>Cancelled when no more is to be read.</summary>
    private readonly CancellationTokenSource reading;

    private readonly StreamPlaces places;
    private readonly Channel<KnownResult> known =
        Channel.CreateUnbounded<KnownResult>(new() { SingleReader = true });

    private readonly bool isSampled = Activity.Current is { Recorded: true };
    private long? tracedAt;

    /// <summary>The commands whose results are not among the known yet, and one while there may be more.</summary>
    private int unanswered = 1;

    /// <summary>A stream that begins now.</summary>
    /// <exception cref="RpcException">Its deadline leaves no time.</exception>
    public ExecuteCall(
        CommandReader reader,
        Appender appender,
        CommandRoom room,
        CommandOptions options,
        ServerCallContext context,
        CancellationToken stopping)
    {
        var time = context.HasDeadline() ? context.Patience() : Timeout.InfiniteTimeSpan;
        if (context.HasDeadline() && time <= TimeSpan.Zero)
        {
            throw BankErrors.Create(Reasons.DeadlineTooShort);
        }
        (this.reader, this.appender, this.options, this.context, this.stopping) =
            (reader, appender, options, context, stopping);
        Caller = context.GetHttpContext().CallerName();
        places = new StreamPlaces(room, Caller, options.MaxUnderWayPerStream);
        patience = CancellationTokenSource.CreateLinkedTokenSource(context.CancellationToken);
        patience.CancelAfter(time);
        reading = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, stopping);
    }

    /// <summary>Whose stream it is.</summary>
    public string Caller { get; }

    /// <summary>How long a command may take, if the stream's deadline is not nearer.</summary>
    public TimeSpan CommandPatience => options.StreamedCommandPatience;

    /// <summary>Serves the stream until it ends.</summary>
    /// <exception cref="RpcException">The stream does not end with OK.</exception>
    public async Task RunAsync(
        IAsyncStreamReader<ExecuteRequest> requests, IServerStreamWriter<ExecuteResponse> responses)
    {
        using var impatience = patience.Token.Register(AbandonAll);
        await using var stop = stopping.Register(StopSoon);
        var (asking, answering) = (ReadAsync(requests), WriteAsync(responses));
        await Task.WhenAny(asking);
        if (patience.IsCancellationRequested)
        {
            // The last command may have been appended behind the back of the cancellation.
            AbandonAll();
        }
        Answered();
        try
        {
            await Task.WhenAll(answering, asking);
        }
        finally
        {
            AbandonAll();
        }
        if (await asking is { } ending)
        {
            throw ending.ToRpcException();
        }
    }

    /// <summary>It is known what became of a command.</summary>
    public void OnCompleted(StreamedCommand command) =>
        Tell(new KnownResult(command.Tag, command, Error: null, HoldsPlace: true));

    /// <inheritdoc/>
    public void Dispose()
    {
        places.Dispose();
        reading.Dispose();
        patience.Dispose();
    }

    /// <summary>Reads until no more is to be read, and says how the stream then ends; null is OK.</summary>
    private async Task<Status?> ReadAsync(IAsyncStreamReader<ExecuteRequest> requests)
    {
        while (await MoveNextAsync(requests))
        {
            var commands = requests.Current.Commands;
            if (commands.Count > Bounds.MaxBatchCommands)
            {
                return ExecuteErrors.TooLarge(commands.Count);
            }
            await TakeUpAsync(commands);
        }
        return !reading.IsCancellationRequested ? null : ExecuteErrors.EndOfReading(stopping);
    }

    private async ValueTask TakeUpAsync(RepeatedField<Command> commands)
    {
        var left = commands.Count;
        Interlocked.Add(ref unanswered, left);
        try
        {
            foreach (var command in commands)
            {
                // Where there is room, which is the usual case, this is no task.
                await TakeUpAsync(command);
                left--;
            }
        }
        catch
        {
            // A fault of this build ends the stream; nobody must wait for the answers to these commands.
            Answered(left);
            throw;
        }
    }

    private ValueTask TakeUpAsync(Command command) =>
        !reading.IsCancellationRequested && places.TryTake() ? AppendAsync(command) : TakeUpLaterAsync(command);

    private async ValueTask TakeUpLaterAsync(Command command)
    {
        try
        {
            await places.TakeAsync(reading.Token);
        }
        catch (OperationCanceledException) when (reading.IsCancellationRequested)
        {
            Tell(new KnownResult(command.Tag, Command: null, ExecuteErrors.NoPlace(stopping), HoldsPlace: false));
            return;
        }
        await AppendAsync(command);
    }

    private async Task<bool> MoveNextAsync(IAsyncStreamReader<ExecuteRequest> requests)
    {
        try
        {
            return await requests.MoveNext(reading.Token);
        }
        catch (OperationCanceledException) when (reading.IsCancellationRequested)
        {
            return false;
        }
    }

    /// <summary>Appends a command that holds a place as soon as its partition takes it, or says why not.</summary>
    private ValueTask AppendAsync(Command command)
    {
        if (reader.Read(command, out var read) is { } malformed)
        {
            Refuse(command.Tag, malformed);
            return ValueTask.CompletedTask;
        }
        var waiting = new StreamedCommand(this, command.Tag, read, MayBeTraced());
        return IsAppendedOrRefused(read.Record, waiting)
            ? ValueTask.CompletedTask
            : AppendLaterAsync(read.Record, waiting);
    }

    private async ValueTask AppendLaterAsync(LogRecord record, StreamedCommand waiting)
    {
        try
        {
            while (true)
            {
                var freed = appender.Acknowledged.FreedAsync();
                if (IsAppendedOrRefused(record, waiting))
                {
                    return;
                }
                await freed.WaitAsync(reading.Token);
            }
        }
        catch (OperationCanceledException) when (reading.IsCancellationRequested)
        {
            Refuse(waiting.Tag, ExecuteErrors.NoPlace(stopping));
        }
    }

    /// <summary>False if the partition has no room: nothing was done then.</summary>
    private bool IsAppendedOrRefused(LogRecord record, StreamedCommand waiting)
    {
        try
        {
            return appender.TryAppend(record, waiting);
        }
        catch (NotAppendedException away)
        {
            Refuse(waiting.Tag, CommandAnswers.NotAppended(away));
            return true;
        }
    }

    private void Refuse(ulong tag, Status error) => Tell(new KnownResult(tag, Command: null, error, HoldsPlace: true));

    /// <summary>Whether the next command is the one of its second that may be traced. The reading loop only.</summary>
    private bool MayBeTraced()
    {
        if (!isSampled || (tracedAt is { } before && Stopwatch.GetElapsedTime(before) < TraceInterval))
        {
            return false;
        }
        tracedAt = Stopwatch.GetTimestamp();
        return true;
    }

    private async Task WriteAsync(IServerStreamWriter<ExecuteResponse> responses)
    {
        try
        {
            while (await known.Reader.WaitToReadAsync(context.CancellationToken))
            {
                var response = new ExecuteResponse();
                var (bytes, returned) = (0, 0);
                while (response.Results.Count < Bounds.MaxBatchCommands && bytes < EnoughErrorBytes
                    && known.Reader.TryRead(out var next))
                {
                    var result = next.Result();
                    response.Results.Add(result);
                    bytes += result.Error?.CalculateSize() ?? 0;
                    returned += next.HoldsPlace ? 1 : 0;
                }
                await responses.WriteAsync(response, context.CancellationToken);
                places.GiveBack(returned);
            }
        }
        finally
        {
            // Whoever cannot be written to is not read from.
            await reading.CancelAsync();
        }
    }

    private void Tell(KnownResult next)
    {
        known.Writer.TryWrite(next);
        Answered();
    }

    private void Answered(int count = 1)
    {
        if (Interlocked.Add(ref unanswered, -count) == 0)
        {
            known.Writer.Complete();
        }
    }

    private void AbandonAll() =>
        appender.AbandonAll(command => command is StreamedCommand streamed && streamed.Call == this);

    private void StopSoon()
    {
        var left = context.HasDeadline() ? context.Patience() : TimeSpan.MaxValue;
        if (options.StopWithin < left)
        {
            patience.CancelAfter(options.StopWithin);
        }
    }
}
