using System.Diagnostics;
using BankAccounts.ServiceDefaults.Health;
using OpenTelemetry;

namespace BankAccounts.ServiceDefaults.Observability;

/// <summary>
/// Keeps requests for health out of the traces: there is one every few seconds, and none of them
/// tells anything. Exporters take only what is recorded, and come after this.
/// </summary>
internal sealed class HealthRequestFilter : BaseProcessor<Activity>
{
    private const string GrpcHealth = "/grpc.health.v1.Health/";

    public override void OnEnd(Activity data)
    {
        if (data.Kind == ActivityKind.Server
            && data.GetTagItem("url.path") is string path
            && IsHealth(path))
        {
            data.ActivityTraceFlags &= ~ActivityTraceFlags.Recorded;
        }
    }

    private static bool IsHealth(string path)
        => path is HealthPaths.Health or HealthPaths.Alive
            || path.StartsWith(GrpcHealth, StringComparison.Ordinal);
}
