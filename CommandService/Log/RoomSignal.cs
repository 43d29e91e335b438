namespace BankAccounts.CommandService.Log;

/// <summary>
/// Tells those who wait for room that some was freed. Ask for <see cref="FreedAsync"/>, look once more whether
/// there is room, and only then wait: so none that is freed in between is missed.
/// </summary>
public sealed class RoomSignal
{
    private TaskCompletionSource? freed;

    /// <summary>Completes the next time that some is freed.</summary>
    public Task FreedAsync()
    {
        var mine = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        return (Interlocked.CompareExchange(ref freed, mine, null) ?? mine).Task;
    }

    /// <summary>Some was freed.</summary>
    public void Free() => Interlocked.Exchange(ref freed, null)?.SetResult();
}
