using System.Collections.Concurrent;
using System.IO.Compression;
using BankAccounts.V1;
using Google.Rpc;
using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace BankAccounts.ServiceDefaults.Tests;

/// <summary>What cannot be read as a request is its caller's fault, and everything else is not.</summary>
public sealed class UnreadableRequestTests : IDisposable
{
    private static readonly byte[] Empty = [];

    private readonly FaultLog faults = new();

    public static TheoryData<string, byte, string?, byte[], StatusCode> Frames => new()
    {
        { "a message", 0, null, Empty, StatusCode.Unknown },
        { "a message, compressed", 1, "gzip", Gzip([]), StatusCode.Unknown },
        { "no message", 0, null, [0xFF], StatusCode.InvalidArgument },
        { "no message, compressed", 1, "gzip", Gzip([0xFF]), StatusCode.InvalidArgument },
        { "compressed garbage", 1, "gzip", [1, 2, 3], StatusCode.InvalidArgument },
        { "deflated garbage", 1, "deflate", [1, 2, 3], StatusCode.InvalidArgument },
        { "a flag of nobody", 7, null, Empty, StatusCode.InvalidArgument },
        { "2 MiB in a few bytes", 1, "gzip", Gzip(new byte[2 * 1024 * 1024]), StatusCode.ResourceExhausted },
    };

    [Theory]
    [MemberData(nameof(Frames))]
    public async Task A_frame_is_answered_as_what_it_is(
        string what, byte compressed, string? encoding, byte[] message, StatusCode expected)
    {
        await using var app = await StartAsync();

        var (status, reason) = await SendAsync(app, compressed, encoding, message);

        Assert.True(expected == status, $"{what} was answered with {status}");
        Assert.Equal(expected == StatusCode.InvalidArgument ? "INVALID_ARGUMENT" : null, reason);
        // The handler's own fault is of a kind that reading can have as well.
        string[] logged = expected == StatusCode.Unknown ? ["/bankaccounts.v1.QueryService/GetAccount failed."] : [];
        Assert.Equal(logged, faults.Messages);
    }

    public void Dispose() => faults.Dispose();

    private async Task<RunningApp> StartAsync()
    {
        var builder = RunningApp.CreateBuilder();
        builder.AddServiceDefaults();
        builder.AddBankGrpc("bankaccounts.v1.QueryService");
        builder.Logging.AddProvider(faults);
        return await RunningApp.Start(builder, app =>
        {
            app.MapBankGrpc();
            app.MapGrpcService<FailingQueries>();
        });
    }

    private static async Task<(StatusCode Status, string? Reason)> SendAsync(
        RunningApp app, byte compressed, string? encoding, byte[] message)
    {
        using var http = new HttpClient { BaseAddress = new Uri($"http://{app.Grpc.Target}") };
        using var request = new HttpRequestMessage(HttpMethod.Post, "/bankaccounts.v1.QueryService/GetAccount")
        {
            Version = new Version(2, 0),
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new ByteArrayContent([compressed, 0, 0, (byte)(message.Length >> 8), (byte)message.Length, .. message]),
        };
        request.Content.Headers.ContentType = new("application/grpc");
        request.Headers.TE.Add(new("trailers"));
        if (encoding is not null)
        {
            request.Headers.Add("grpc-encoding", encoding);
        }
        using var response = await http.SendAsync(request);
        // Nothing in these messages needs an escape of gRPC, and not every client undoes others.
        Assert.DoesNotContain('%', response.Headers.GetValues("grpc-message").Single());
        var details = response.Headers.TryGetValues("grpc-status-details-bin", out var found)
            ? Google.Rpc.Status.Parser.ParseFrom(Convert.FromBase64String(found.Single()))
            : null;
        return ((StatusCode)int.Parse(response.Headers.GetValues("grpc-status").Single(), null),
            details?.GetDetail<ErrorInfo>()?.Reason);
    }

    private static byte[] Gzip(byte[] bytes)
    {
        using var compressed = new MemoryStream();
        using (var gzip = new GZipStream(compressed, CompressionLevel.SmallestSize))
        {
            gzip.Write(bytes);
        }
        return compressed.ToArray();
    }

    private sealed class FailingQueries : QueryService.QueryServiceBase
    {
        public override Task<GetAccountResponse> GetAccount(GetAccountRequest request, ServerCallContext context) =>
            throw new InvalidDataException("What Redis holds is no account.");
    }

    /// <summary>Keeps what is logged as an error of a call.</summary>
    private sealed class FaultLog : ILoggerProvider, ILogger
    {
        private readonly ConcurrentQueue<string> messages = new();

        public IReadOnlyCollection<string> Messages => messages;

        public ILogger CreateLogger(string categoryName) =>
            categoryName.Contains("Grpc", StringComparison.Ordinal) ? this : NullLogger.Instance;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Error;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception,
            Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel))
            {
                messages.Enqueue(formatter(state, exception));
            }
        }

        public void Dispose()
        {
        }
    }
}
