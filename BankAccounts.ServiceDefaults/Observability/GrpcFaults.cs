using Grpc.Core;

namespace BankAccounts.ServiceDefaults.Observability;

internal static class GrpcFaults
{
    /// <summary>
    /// Whether a status is the server's fault; all others are answers that a caller brought about,
    /// and no error of the server (OpenTelemetry's conventions for gRPC).
    /// </summary>
    public static bool IsOfServer(int status) => (StatusCode)status
        is StatusCode.Unknown or StatusCode.DeadlineExceeded or StatusCode.Unimplemented
        or StatusCode.Internal or StatusCode.Unavailable or StatusCode.DataLoss;
}
