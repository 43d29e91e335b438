using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Grpc.Net.Client;
using Microsoft.Extensions.Hosting;
using Xunit.Abstractions;

namespace BankAccounts.ServiceDefaults.Tests;

/// <summary>
/// Connections over which nobody asks for anything. Both ends are in this process: as many are opened as its limit of
/// open files lets, 10,000 at most.
/// </summary>
[Collection(AloneInTheProcess.Name)]
public sealed class IdleConnectionTests(ITestOutputHelper output)
{
    private const int Most = 10_000;
    private const int FilesForOthers = 2_000;
    private const long MaxBytesEach = 64 * 1024;

    /// <summary>What a client of HTTP/2 says first (RFC 9113, 3.4), with settings that change nothing.</summary>
    private static readonly byte[] Greeting = [.. "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8, 0, 0, 0, 4, 0, 0, 0, 0, 0];

    [Fact]
    public async Task Ten_thousand_idle_connections_take_little_and_others_are_served_beside_them()
    {
        var count = Math.Min(Most, (MaxOpenFiles() - FilesForOthers) / 2);
        var builder = RunningApp.CreateBuilder();
        builder.AddServiceDefaults();
        builder.AddBankGrpc();
        await using var app = await RunningApp.Start(builder, app => app.MapBankGrpc());
        Assert.Equal(RawGrpc.Serving, await app.Grpc.CheckHealth(""));
        var before = Environment.WorkingSet;

        var idle = new List<Socket>();
        try
        {
            for (var number = 0; number < count; number++)
            {
                idle.Add(await OpenAsync(new Uri(app.GrpcAddress).Port));
            }
            var each = (Environment.WorkingSet - before) / count;

            using var newcomer = GrpcChannel.ForAddress(app.GrpcAddress);
            var clock = Stopwatch.StartNew();
            Assert.Equal(RawGrpc.Serving, await newcomer.CheckHealth(""));
            output.WriteLine(
                $"{count} idle connections, {each / 1024} KiB each with both ends; "
                + $"a call over another one took {clock.ElapsedMilliseconds} ms.");
            Assert.InRange(each, 0, MaxBytesEach);
        }
        finally
        {
            idle.ForEach(connection => connection.Dispose());
        }
    }

    /// <summary>A connection that is through with its greeting.</summary>
    private static async Task<Socket> OpenAsync(int port)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(IPAddress.Loopback, port);
        await socket.SendAsync(Greeting);
        await socket.ReceiveAsync(new byte[64]);
        return socket;
    }

    /// <summary>The process' limit of open files, as Linux tells it.</summary>
    private static int MaxOpenFiles()
    {
        var limit = File.ReadLines("/proc/self/limits")
            .Single(line => line.StartsWith("Max open files", StringComparison.Ordinal))
            .Split(' ', StringSplitOptions.RemoveEmptyEntries)[3];
        return int.TryParse(limit, CultureInfo.InvariantCulture, out var files) ? files : int.MaxValue;
    }
}
