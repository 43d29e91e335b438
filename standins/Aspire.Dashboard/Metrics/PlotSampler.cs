namespace Aspire.Dashboard.Metrics;

/// <summary>Draws a point of every line each second.</summary>
internal sealed class PlotSampler(PlotStore plots, TimeProvider time) : IAsyncDisposable
{
    private readonly PeriodicTimer _timer = new(TimeSpan.FromSeconds(1), time);
    private Task _sampling = Task.CompletedTask;

    internal void Start() => _sampling = SampleAsync();

    public async ValueTask DisposeAsync()
    {
        _timer.Dispose();
        await _sampling.ConfigureAwait(false);
    }

    private async Task SampleAsync()
    {
        while (await _timer.WaitForNextTickAsync().ConfigureAwait(false))
        {
            plots.Sample();
        }
    }
}
