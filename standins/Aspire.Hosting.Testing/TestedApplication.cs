using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Aspire.Hosting.Testing;

/// <summary>
/// The application in the hands of the test: starting it lets the AppHost's Program start it, stopping it lets
/// the Program come to its end, which stops the resources.
/// </summary>
internal sealed class TestedApplication(DistributedApplication application, EntryPointRun program)
    : DistributedApplication(application)
{
    private readonly IHostApplicationLifetime _lifetime
        = application.Services.GetRequiredService<IHostApplicationLifetime>();

    private volatile bool _startWanted;

    public override Task StartAsync(CancellationToken cancellationToken = default)
    {
        _startWanted = true;
        return program.StartAsync(cancellationToken);
    }

    public override async Task RunAsync(CancellationToken cancellationToken = default)
    {
        await StartAsync(cancellationToken).ConfigureAwait(false);
        await program.Ended.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    public override Task StopAsync(CancellationToken cancellationToken = default)
    {
        if (!_startWanted)
        {
            return Task.CompletedTask;
        }
        _lifetime.StopApplication();
        return program.Ended.WaitAsync(cancellationToken);
    }

    public override void Dispose()
    {
        EndAsync().GetAwaiter().GetResult();
        base.Dispose();
    }

    public override async ValueTask DisposeAsync()
    {
        await EndAsync().ConfigureAwait(false);
        await base.DisposeAsync().ConfigureAwait(false);
    }

    private async Task EndAsync()
    {
        await StopAsync().ConfigureAwait(false);
        await program.DisposeAsync().ConfigureAwait(false);
    }
}
