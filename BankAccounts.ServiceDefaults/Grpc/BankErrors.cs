using Google.Protobuf.WellKnownTypes;
using Google.Rpc;
using Grpc.Core;
using Status = Google.Rpc.Status;

namespace BankAccounts.ServiceDefaults.Grpc;

/// <summary>One field that is malformed, and what it must be.</summary>
public readonly record struct FieldViolation(string Field, string Description);

/// <summary>
/// The errors of the API (AIP-193): google.rpc.Status, always with an ErrorInfo, with a RetryInfo where
/// waiting helps, with each type of detail at most once. It ends a call in the trailer
/// <c>grpc-status-details-bin</c>, or is an answer in a stream. Messages are sentences for people; programs
/// read the reason.
/// </summary>
public static class BankErrors
{
    /// <summary>The domain of every ErrorInfo.</summary>
    public const string Domain = "bankaccounts";

    /// <summary>A request with malformed fields. Nothing was appended.</summary>
    public static Status Malformed(IReadOnlyCollection<FieldViolation> violations)
    {
        var badRequest = new BadRequest();
        badRequest.FieldViolations.AddRange(violations.Select(violation =>
            new BadRequest.Types.FieldViolation
            {
                Field = violation.Field,
                Description = violation.Description,
            }));
        var message = string.Join(' ', violations.Select(field => $"{field.Field}: {field.Description}"));
        var status = StatusOf(Reasons.InvalidArgument, message);
        status.Details.Add(Any.Pack(badRequest));
        return status;
    }

    /// <summary>An error that ends a call.</summary>
    /// <param name="reason">Out of the catalogue.</param>
    /// <param name="message">A sentence for people; the catalogue's if there is no better one.</param>
    /// <param name="metadata">What a program may want to know besides: keys that the catalogue names.</param>
    public static RpcException Create(
        ErrorReason reason, string? message = null, IEnumerable<KeyValuePair<string, string>>? metadata = null) =>
        StatusOf(reason, message, metadata).ToRpcException();

    /// <summary>An error as a message.</summary>
    /// <param name="reason">Out of the catalogue.</param>
    /// <param name="message">A sentence for people; the catalogue's if there is no better one.</param>
    /// <param name="metadata">What a program may want to know besides: keys that the catalogue names.</param>
    public static Status StatusOf(
        ErrorReason reason, string? message = null, IEnumerable<KeyValuePair<string, string>>? metadata = null)
    {
        var info = new ErrorInfo { Reason = reason.Name, Domain = Domain };
        foreach (var (key, value) in metadata ?? [])
        {
            info.Metadata.Add(key, value);
        }
        var status = new Status
        {
            Code = (int)reason.Code,
            Message = message ?? reason.Message,
            Details = { Any.Pack(info) },
        };
        if (reason.RetryAfter is { } delay)
        {
            status.Details.Add(Any.Pack(new RetryInfo { RetryDelay = Duration.FromTimeSpan(delay) }));
        }
        return status;
    }
}
