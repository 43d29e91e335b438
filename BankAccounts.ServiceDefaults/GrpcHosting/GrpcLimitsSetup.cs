using Grpc.AspNetCore.Server;
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
        // Outside of development a caller must not learn what an unexpected exception says.
        options.EnableDetailedErrors = environment.IsDevelopment();
    }

    public void Configure(KestrelServerOptions options)
    {
        var http2 = options.Limits.Http2;
        http2.MaxStreamsPerConnection = limits.Value.MaxStreamsPerConnection;
        http2.KeepAlivePingDelay = limits.Value.KeepAlivePingDelay;
        http2.KeepAlivePingTimeout = limits.Value.KeepAlivePingTimeout;
        options.AddServerHeader = false;
    }
}

internal sealed class GrpcLimitsValidation : IValidateOptions<GrpcLimits>
{
    public ValidateOptionsResult Validate(string? name, GrpcLimits options)
        => options.Problems().ToList() is { Count: > 0 } problems
            ? ValidateOptionsResult.Fail(problems)
            : ValidateOptionsResult.Success;
}
