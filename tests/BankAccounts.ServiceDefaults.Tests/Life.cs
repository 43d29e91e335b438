using Microsoft.Extensions.Hosting;

namespace BankAccounts.ServiceDefaults.Tests;

/// <summary>A host's lifetime that notes whether it is told to stop.</summary>
internal sealed class Life : IHostApplicationLifetime
{
    public bool IsStopped { get; private set; }

    public CancellationToken ApplicationStarted => default;

    public CancellationToken ApplicationStopping => default;

    public CancellationToken ApplicationStopped => default;

    public void StopApplication() => IsStopped = true;
}
