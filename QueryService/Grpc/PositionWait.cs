using System.Globalization;
using BankAccounts.QueryService.Commits;
using BankAccounts.ServiceDefaults.Grpc;
using Grpc.Core;

namespace BankAccounts.QueryService.Grpc;

/// <summary>
/// Waits for the fold to pass a position, within the caller's deadline. A commit's message ends the wait; in
/// case one is lost, Redis is asked again now and then. A server that stops waits for nothing.
/// </summary>
public sealed class PositionWait(CommitFeed feed, ServerCallContext context, CancellationToken stopping) : IDisposable
{
    private static readonly TimeSpan AskAgain = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMilliseconds(50);

    private readonly CancellationTokenSource patience = Begin(context, stopping);
    private TimeSpan pause = TimeSpan.FromMilliseconds(2);

    /// <summary>Waits before the next look.</summary>
    /// <exception cref="RpcException">
    /// DEADLINE_EXCEEDED: the position was not reached in time. UNAVAILABLE: this server stops.
    /// </exception>
    public async Task PauseAsync(int partition, long wanted, long reached)
    {
        if (!await feed.WaitAsync(partition, wanted, AskAgain, patience.Token))
        {
            // Redis is behind what its messages said before: it has lost something, and is catching up.
            await Task.Delay(pause, patience.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
        }
        context.CancellationToken.ThrowIfCancellationRequested();
        if (stopping.IsCancellationRequested)
        {
            throw QueryErrors.ShuttingDown();
        }
        if (patience.IsCancellationRequested)
        {
            throw BankErrors.Create(
                Reasons.PositionNotReached,
                metadata:
                [
                    new("partition", partition.ToString(CultureInfo.InvariantCulture)),
                    new("min_position", wanted.ToString(CultureInfo.InvariantCulture)),
                    new("position", (reached - 1).ToString(CultureInfo.InvariantCulture)),
                ]);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => patience.Dispose();

    private static CancellationTokenSource Begin(ServerCallContext context, CancellationToken stopping)
    {
        var patience = context.Patience();
        var source = CancellationTokenSource.CreateLinkedTokenSource(context.CancellationToken, stopping);
        source.CancelAfter(patience > TimeSpan.Zero ? patience : TimeSpan.Zero);
        return source;
    }
}
