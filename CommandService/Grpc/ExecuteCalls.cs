using BankAccounts.CommandService.Log;
using BankAccounts.V1;
using Grpc.Core;
using Microsoft.Extensions.Options;

namespace BankAccounts.CommandService.Grpc;

/// <summary>The streams of batches of this process.</summary>
public sealed class ExecuteCalls(
    CommandReader reader,
    Appender appender,
    CommandRoom room,
    IHostApplicationLifetime lifetime,
    IOptions<CommandOptions> options)
{
    /// <summary>Serves one stream until it ends.</summary>
    /// <exception cref="RpcException">The stream does not end with OK.</exception>
    public async Task RunAsync(
        IAsyncStreamReader<ExecuteRequest> requests,
        IServerStreamWriter<ExecuteResponse> responses,
        ServerCallContext context)
    {
        using var call = new ExecuteCall(
            reader, appender, room, options.Value, context, lifetime.ApplicationStopping);
        await call.RunAsync(requests, responses);
    }
}
