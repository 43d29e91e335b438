using BankAccounts.ServiceDefaults.Grpc;
using BankAccounts.ServiceDefaults.GrpcHosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace BankAccounts.ServiceDefaults.Overload;

/// <summary>
/// The bound on what this process serves at once, whatever it is: a call, a stream that lasts for days, a read that
/// waits. Who finds no room is told at once, and nothing was begun.
/// </summary>
internal sealed class CallLimit(RequestDelegate next, IOptions<GrpcLimits> limits)
{
    private readonly SharedRoom room = new(limits.Value.MaxCalls);

    public async Task InvokeAsync(HttpContext call)
    {
        var caller = call.CallerName();
        if (!GrpcRefusal.IsGrpc(call))
        {
            // Probes over HTTP/1.1 have to be answered whatever else is under way.
            await next(call);
        }
        else if (!room.TryTake(caller))
        {
            await GrpcRefusal.WriteAsync(call, BankErrors.StatusOf(Reasons.Overloaded));
        }
        else
        {
            try
            {
                await next(call);
            }
            finally
            {
                room.GiveBack(caller);
            }
        }
    }
}
