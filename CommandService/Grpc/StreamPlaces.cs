using BankAccounts.CommandService.Log;

namespace BankAccounts.CommandService.Grpc;

/// <summary>The places of one stream's commands: so many of its own, each of them one of the process too.</summary>
internal sealed class StreamPlaces(CommandRoom room, string caller, int max) : IDisposable
{
    private readonly RoomSignal given = new();
    private int held;

    private bool HasOwn => Volatile.Read(ref held) < max;

    /// <summary>Takes a place if there is one. The reading loop only.</summary>
    public bool TryTake()
    {
        if (!HasOwn || !room.TryTake(caller))
        {
            return false;
        }
        Interlocked.Increment(ref held);
        return true;
    }

    /// <summary>Takes a place as soon as there is one. The reading loop only.</summary>
    /// <exception cref="OperationCanceledException">The reading is over, and no place was taken.</exception>
    public async ValueTask TakeAsync(CancellationToken reading)
    {
        reading.ThrowIfCancellationRequested();
        while (!HasOwn)
        {
            var freed = given.FreedAsync();
            if (HasOwn)
            {
                break;
            }
            await freed.WaitAsync(reading);
        }
        await room.TakeAsync(caller, reading);
        Interlocked.Increment(ref held);
    }

    /// <summary>Gives places back.</summary>
    public void GiveBack(int count)
    {
        if (count > 0)
        {
            Interlocked.Add(ref held, -count);
            room.GiveBack(caller, count);
            given.Free();
        }
    }

    /// <summary>The stream is over, and so is whatever it held.</summary>
    public void Dispose() => GiveBack(held);
}
