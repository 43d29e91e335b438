using Google.Protobuf;
using Google.Rpc;
using Grpc.Core;
using Status = Google.Rpc.Status;

namespace BankAccounts.Client;

/// <summary>
/// What the bank said instead of an answer (docs/ERRORS.md): programs read <see cref="Reason"/>.
/// </summary>
public sealed class BankException : Exception
{
    private const string DetailsTrailer = "grpc-status-details-bin";

    private BankException(RpcException failed, Status? status, string requestId, bool isOutcomeUnknown)
        : base(failed.Status.Detail, failed)
    {
        StatusCode = failed.StatusCode;
        var info = Detail<ErrorInfo>(status);
        // Without one the answer is not the bank's: the connection broke, or something stands in between.
        IsFromBank = info is { Domain: "bankaccounts" };
        Metadata = info?.Metadata ?? (IReadOnlyDictionary<string, string>)new Dictionary<string, string>();
        Reason = IsFromBank ? info!.Reason : failed.StatusCode.ToString();
        var staysUnknown = isOutcomeUnknown && !IsDecision;
        Fields = [.. (Detail<BadRequest>(status)?.FieldViolations ?? []).Select(field => field.Field)];
        RetryAfter = Detail<RetryInfo>(status)?.RetryDelay.ToTimeSpan();
        RequestId = requestId;
        IsOutcomeUnknown = staysUnknown || (requestId.Length > 0 && MayBeAppended);
        if (staysUnknown)
        {
            Reason = "OUTCOME_UNKNOWN";
        }
    }

    /// <summary>The gRPC status.</summary>
    public StatusCode StatusCode { get; }

    /// <summary>The stable reason, UPPER_SNAKE_CASE; the status' name if the answer is not the bank's.</summary>
    public string Reason { get; }

    /// <summary>What the bank told besides, for example the balance.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>The malformed fields of the request.</summary>
    public IReadOnlyList<string> Fields { get; }

    /// <summary>After how long it is worth to ask again; null if the bank did not say.</summary>
    public TimeSpan? RetryAfter { get; }

    /// <summary>The request id of the command: with it the first decision can be asked for. Empty for reads.</summary>
    public string RequestId { get; }

    /// <summary>Whether the command may have taken effect, or may still do so: unknown, never failed.</summary>
    public bool IsOutcomeUnknown { get; }

    /// <summary>Whether asking again, with the same request id, may bring another answer.</summary>
    public bool IsTransient => StatusCode is StatusCode.Unavailable or StatusCode.ResourceExhausted
            or StatusCode.DeadlineExceeded or StatusCode.Aborted
        || (!IsFromBank && StatusCode is StatusCode.Internal or StatusCode.Unknown or StatusCode.Cancelled);

    /// <summary>
    /// Whether the ledger refused the request at a place in the log, and with it what earlier attempts may have
    /// appended: a refusal is remembered. A reused id is refused without a word on them: what the ledger knows by it
    /// may be one of them, which another build wrote down otherwise.
    /// </summary>
    internal bool IsDecision => IsFromBank
        && StatusCode is StatusCode.FailedPrecondition or StatusCode.NotFound or StatusCode.AlreadyExists
        && Metadata.ContainsKey("offset")
        && Reason != "REQUEST_ID_REUSED";

    private bool IsFromBank { get; }

    /// <summary>Whether the attempt itself may have appended the command.</summary>
    private bool MayBeAppended => IsFromBank
        ? Reason == "OUTCOME_UNKNOWN"
        : IsTransient;

    /// <summary>Reads what the bank said.</summary>
    /// <param name="failed">As gRPC tells it.</param>
    /// <param name="requestId">Of the command; empty for reads.</param>
    /// <param name="isOutcomeUnknown">Whether an earlier attempt may have appended the command.</param>
    public static BankException Of(RpcException failed, string requestId = "", bool isOutcomeUnknown = false) =>
        new(failed, StatusOf(failed), requestId, isOutcomeUnknown);

    private static Status? StatusOf(RpcException failed)
    {
        try
        {
            return failed.Trailers.GetValueBytes(DetailsTrailer) is { } bytes ? Status.Parser.ParseFrom(bytes) : null;
        }
        catch (InvalidProtocolBufferException)
        {
            return null;
        }
    }

    private static T? Detail<T>(Status? status)
        where T : class, IMessage<T>, new() =>
        status?.Details.FirstOrDefault(detail => detail.Is(new T().Descriptor))?.Unpack<T>();
}
