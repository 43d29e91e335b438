using Google.Protobuf.WellKnownTypes;
using Google.Rpc;
using Grpc.Core;
using Status = Google.Rpc.Status;

namespace BankAccounts.ServiceDefaults.Grpc;

/// <summary>One field that is malformed, and what it must be.</summary>
public readonly record struct FieldViolation(string Field, string Description);

/// <summary>
/// The errors of the API: google.rpc.Status in the trailer <c>grpc-status-details-bin</c>, always with an
/// ErrorInfo (AIP-193). Messages are sentences for people; programs read the reason.
/// </summary>
public static class BankErrors
{
    /// <summary>The domain of every ErrorInfo.</summary>
    public const string Domain = "bankaccounts";

    /// <summary>A request with malformed fields. Nothing was appended.</summary>
    public static RpcException Malformed(IReadOnlyCollection<FieldViolation> violations)
    {
        var badRequest = new BadRequest();
        badRequest.FieldViolations.AddRange(violations.Select(violation =>
            new BadRequest.Types.FieldViolation
            {
                Field = violation.Field,
                Description = violation.Description,
            }));
        var message = string.Join(' ', violations.Select(field => $"{field.Field}: {field.Description}"));
        return Create(
            StatusCode.InvalidArgument, "INVALID_ARGUMENT", message, details: [Any.Pack(badRequest)]);
    }

    /// <summary>An error with a reason.</summary>
    /// <param name="code">The status code.</param>
    /// <param name="reason">Stable, UPPER_SNAKE_CASE.</param>
    /// <param name="message">A sentence for people.</param>
    /// <param name="metadata">What a program may want to know besides.</param>
    /// <param name="retryAfter">Where waiting helps: for how long.</param>
    public static RpcException Create(
        StatusCode code,
        string reason,
        string message,
        IEnumerable<KeyValuePair<string, string>>? metadata = null,
        TimeSpan? retryAfter = null) =>
        Create(code, reason, message, metadata, retryAfter is { } delay
            ? [Any.Pack(new RetryInfo { RetryDelay = Duration.FromTimeSpan(delay) })]
            : []);

    private static RpcException Create(
        StatusCode code,
        string reason,
        string message,
        IEnumerable<KeyValuePair<string, string>>? metadata = null,
        IEnumerable<Any>? details = null)
    {
        var info = new ErrorInfo { Reason = reason, Domain = Domain };
        foreach (var (key, value) in metadata ?? [])
        {
            info.Metadata.Add(key, value);
        }
        var status = new Status { Code = (int)code, Message = message, Details = { Any.Pack(info) } };
        status.Details.AddRange(details ?? []);
        return status.ToRpcException();
    }
}
