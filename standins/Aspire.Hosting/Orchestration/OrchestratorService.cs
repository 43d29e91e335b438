using Microsoft.Extensions.Hosting;

namespace Aspire.Hosting.Orchestration;

/// <summary>Ties the resources' life to the host's.</summary>
internal sealed class OrchestratorService(Orchestrator orchestrator) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
        => orchestrator.StartAsync(cancellationToken);

    public Task StopAsync(CancellationToken cancellationToken)
        => orchestrator.StopAsync(cancellationToken);
}
