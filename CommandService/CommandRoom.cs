using BankAccounts.CommandService.Log;
using BankAccounts.ServiceDefaults.Overload;
using Microsoft.Extensions.Options;

namespace BankAccounts.CommandService;

/// <summary>
/// The room for the commands of this process, which their callers share. A command takes a place before it is looked at
/// and gives it back when its caller has taken what became of it: so the places bound the memory of all commands.
/// </summary>
public sealed class CommandRoom(IOptions<CommandOptions> options)
{
    private readonly SharedRoom room = new(options.Value.MaxUnderWay);
    private readonly RoomSignal signal = new();

    /// <summary>How many places are taken.</summary>
    public int Taken => room.Taken;

    /// <summary>Takes a place; false if the caller holds as many as it may.</summary>
    public bool TryTake(string caller) => room.TryTake(caller);

    /// <summary>Takes a place as soon as the caller may have one.</summary>
    /// <exception cref="OperationCanceledException">It is not waited for any longer; no place was taken.</exception>
    public async ValueTask TakeAsync(string caller, CancellationToken cancellation)
    {
        while (!room.TryTake(caller))
        {
            var freed = signal.FreedAsync();
            if (room.TryTake(caller))
            {
                return;
            }
            await freed.WaitAsync(cancellation);
        }
    }

    /// <summary>Gives places back.</summary>
    public void GiveBack(string caller, int count = 1)
    {
        room.GiveBack(caller, count);
        signal.Free();
    }
}
