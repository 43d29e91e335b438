using System.Globalization;
using System.Text;
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
        Put(response.Headers, status);
        return Task.CompletedTask;
    }

    /// <summary>Puts a status among the headers or trailers that end a call.</summary>
    public static void Put(IHeaderDictionary trailers, Status status)
    {
        trailers["grpc-status"] = status.Code.ToString(CultureInfo.InvariantCulture);
        trailers["grpc-message"] = PercentEncoded(status.Message);
        trailers[MetadataExtensions.StatusDetailsTrailerName] = Convert.ToBase64String(status.ToByteArray());
    }

    /// <summary>
    /// As gRPC over HTTP/2 has it for <c>grpc-message</c>: what is printable in ASCII stands for itself, but for the
    /// percent sign. Not every client undoes more.
    /// </summary>
    private static string PercentEncoded(string text)
    {
        var encoded = new StringBuilder(text.Length);
        foreach (var one in Encoding.UTF8.GetBytes(text))
        {
            _ = one is >= 0x20 and <= 0x7E and not (byte)'%'
                ? encoded.Append((char)one)
                : encoded.Append('%').Append(one.ToString("X2", CultureInfo.InvariantCulture));
        }
        return encoded.ToString();
    }
}
