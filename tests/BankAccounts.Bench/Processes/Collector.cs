using System.Globalization;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace BankAccounts.Bench.Processes;

/// <summary>
/// Takes what the services tell about themselves (OTLP over HTTP) and forgets it, as a process of its own: what
/// telling costs is measured, not what somebody does with it.
/// </summary>
internal static class Collector
{
    /// <summary>The first argument of the process that is one; the second is its port.</summary>
    public const string Argument = "collector";

    /// <summary>Serves until standard input ends.</summary>
    public static async Task RunAsync(string port)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
            kestrel.Listen(IPAddress.Loopback, int.Parse(port, CultureInfo.InvariantCulture)));
        await using var app = builder.Build();
        app.MapPost("/{**any}", async (HttpContext context) => await context.Request.Body.CopyToAsync(Stream.Null));
        await app.StartAsync();
        Console.WriteLine(Companion.Ready);
        await Console.In.ReadToEndAsync();
    }
}
