using System.Globalization;
using System.Net;
using BankAccounts.Bench.Processes;
using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace BankAccounts.Bench.Echo;

/// <summary>
/// A gRPC server whose one method does nothing: what Kestrel and Grpc.AspNetCore cost by themselves, in a process
/// of its own as the services are.
/// </summary>
internal sealed class EchoServer : EchoService.EchoServiceBase
{
    /// <summary>The first argument of the process that is such a server; the second is its port.</summary>
    public const string Argument = "echo-server";

    private static readonly CallResponse Nothing = new();

    public override Task<CallResponse> Call(CallRequest request, ServerCallContext context) =>
        Task.FromResult(Nothing);

    /// <summary>Serves on a port of the loopback interface until standard input ends.</summary>
    public static async Task RunAsync(string port)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(
            IPAddress.Loopback,
            int.Parse(port, CultureInfo.InvariantCulture),
            endpoint => endpoint.Protocols = HttpProtocols.Http2));
        builder.Services.AddGrpc();
        await using var app = builder.Build();
        app.MapGrpcService<EchoServer>();
        await app.StartAsync();
        Console.WriteLine(Companion.Ready);
        await Console.In.ReadToEndAsync();
    }
}
