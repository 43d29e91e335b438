using System.IO.Compression;
using Grpc.AspNetCore.Server;
using Grpc.Net.Compression;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace BankAccounts.ServiceDefaults.GrpcHosting;

/// <summary>Hands the limits on to gRPC and to the server below it, or refuses them.</summary>
internal sealed class GrpcLimitsSetup(IOptions<GrpcLimits> limits, IHostEnvironment environment)
    : IConfigureOptions<GrpcServiceOptions>, IConfigureOptions<KestrelServerOptions>
{
    public void Configure(GrpcServiceOptions options)
    {
        options.MaxReceiveMessageSize = limits.Value.MaxReceiveMessageBytes;
        options.MaxSendMessageSize = limits.Value.MaxSendMessageBytes;
        options.CompressionProviders.Clear();
        options.CompressionProviders.Add(Bounded(new GzipCompressionProvider(CompressionLevel.Fastest)));
        options.CompressionProviders.Add(Bounded(new DeflateCompressionProvider(CompressionLevel.Fastest)));
        // Outside of development a caller must not learn what an unexpected exception says.
        options.EnableDetailedErrors = environment.IsDevelopment();
    }

    public void Configure(KestrelServerOptions options)
    {
        options.Limits.MaxConcurrentConnections = limits.Value.MaxConnections;
        var http2 = options.Limits.Http2;
        http2.MaxStreamsPerConnection = limits.Value.MaxStreamsPerConnection;
        http2.KeepAlivePingDelay = limits.Value.KeepAlivePingDelay;
        http2.KeepAlivePingTimeout = limits.Value.KeepAlivePingTimeout;
        // Kestrel gives a connection's window back by halves. A stream that is not read from for a while must
        // fit into the half that is left, or it blocks every other call of its connection.
        http2.InitialStreamWindowSize = http2.InitialConnectionWindowSize / 4;
        options.AddServerHeader = false;
    }

    private BoundedDecompression Bounded(ICompressionProvider encoding) =>
        new(encoding, limits.Value.MaxReceiveMessageBytes);
}

internal sealed class GrpcLimitsValidation : IValidateOptions<GrpcLimits>
{
    public ValidateOptionsResult Validate(string? name, GrpcLimits options)
        => options.Problems().ToList() is { Count: > 0 } problems
            ? ValidateOptionsResult.Fail(problems)
            : ValidateOptionsResult.Success;
}
