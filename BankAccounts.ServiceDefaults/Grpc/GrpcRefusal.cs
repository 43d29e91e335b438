using System.Globalization;
using Google.Protobuf;
using Grpc.Core;
using Microsoft.AspNetCore.Http;
using Status = Google.Rpc.Status;

namespace BankAccounts.ServiceDefaults.Grpc;

/// <summary>
/// Ends a call before gRPC has begun it: an answer of headers alone, which the protocol calls <c>Trailers-Only</c>.
/// Whoever does not speak gRPC gets the status of HTTP.
/// </summary>
internal static class GrpcRefusal
{
    private const string GrpcContent = "application/grpc";

    public static bool IsGrpc(HttpContext call) =>
        call.Request.ContentType?.StartsWith(GrpcContent, StringComparison.OrdinalIgnoreCase) == true;

    public static Task WriteAsync(HttpContext call, Status status)
    {
        var response = call.Response;
        if (!IsGrpc(call))
        {
            response.StatusCode = status.Code == (int)StatusCode.Unauthenticated
                ? StatusCodes.Status401Unauthorized
                : StatusCodes.Status403Forbidden;
            return Task.CompletedTask;
        }
        response.StatusCode = StatusCodes.Status200OK;
        response.ContentType = GrpcContent;
        response.Headers["grpc-status"] = status.Code.ToString(CultureInfo.InvariantCulture);
        response.Headers["grpc-message"] = Uri.EscapeDataString(status.Message);
        response.Headers[MetadataExtensions.StatusDetailsTrailerName] = Convert.ToBase64String(status.ToByteArray());
        return Task.CompletedTask;
    }
}
