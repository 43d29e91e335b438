using System.Diagnostics;
using System.Globalization;
using BankAccounts.ServiceDefaults.Grpc;
using Grpc.AspNetCore.Server;
using Grpc.Core;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;
using Status = Google.Rpc.Status;

namespace BankAccounts.ServiceDefaults.GrpcHosting;

/// <summary>
/// What cannot be read as a request is its caller's fault: bytes that are no message, or are compressed badly, or
/// are no frame of gRPC, or a deadline beyond all time. gRPC itself answers them with UNKNOWN and logs an error
/// with its stack for each, as if the service had failed: anybody could bury true faults in the log. Here they are
/// INVALID_ARGUMENT, and the faults of the service alone are logged.
/// </summary>
internal sealed partial class UnreadableRequests(RequestDelegate next, ILogger<UnreadableRequests> logger)
{
    /// <summary>Where gRPC logs what ends a call; what of it is a fault is logged here.</summary>
    public const string LogOfGrpc = "Grpc.AspNetCore.Server.ServerCallHandler";

    private static readonly Status Refusal = BankErrors.StatusOf(
        Reasons.InvalidArgument,
        "The request cannot be read: it is not a message of this method in a frame and with headers of gRPC.");

    public async Task InvokeAsync(HttpContext call)
    {
        await next(call);
        if (call.Features.Get<IServerCallContextFeature>()?.ServerCallContext is not { } context
            || context.Status is not { StatusCode: StatusCode.Unknown, DebugException: { } fault }
            || fault is OperationCanceledException
            || call.RequestAborted.IsCancellationRequested)
        {
            return;
        }
        if (RequestWasRead.IsTrueOf(call))
        {
            LogFault(logger, context.Method, fault);
            return;
        }
        Refuse(call);
        Activity.Current?.SetTag(
            "grpc.status_code", Refusal.Code.ToString(CultureInfo.InvariantCulture));
    }

    /// <summary>Puts the refusal where gRPC has put its own answer: nothing of either has been sent yet.</summary>
    private static void Refuse(HttpContext call)
    {
        var trailers = call.Response.HasStarted
            ? call.Features.GetRequiredFeature<IHttpResponseTrailersFeature>().Trailers
            : call.Response.Headers;
        if (trailers.IsReadOnly)
        {
            // Its deadline has answered it meanwhile.
            return;
        }
        GrpcRefusal.Put(trailers, Refusal);
    }

    [LoggerMessage(EventId = 1040, Level = LogLevel.Error, Message = "{Method} failed.")]
    private static partial void LogFault(ILogger logger, string method, Exception fault);
}
