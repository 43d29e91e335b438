using Google.Rpc;
using Grpc.Core;
using Status = Google.Rpc.Status;

namespace BankAccounts.Fuzz;

/// <summary>What came back.</summary>
/// <param name="HttpStatus">The status of HTTP; 0 if the stream or the connection was reset.</param>
/// <param name="Code">The status of gRPC; null if there was none.</param>
/// <param name="Message">What it says to people.</param>
/// <param name="Details">The google.rpc.Status beside it; null if there was none.</param>
/// <param name="Messages">The messages before it.</param>
internal sealed record WireAnswer(
    int HttpStatus, StatusCode? Code, string Message, Status? Details, IReadOnlyList<byte[]> Messages)
{
    public static WireAnswer Reset(string why) => new(0, null, why, null, []);

    /// <summary>How long it took.</summary>
    public TimeSpan Elapsed { get; init; }

    public ErrorInfo? Info => Details?.GetDetail<ErrorInfo>();

    public override string ToString() =>
        $"HTTP {HttpStatus}, {Code?.ToString() ?? "no status"}, {Info?.Reason ?? "no reason"}: "
        + (Message.Length > 300 ? Message[..300] : Message);
}
