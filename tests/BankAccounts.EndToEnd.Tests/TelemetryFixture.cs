using BankAccounts.EndToEnd.Tests.Otlp;

namespace BankAccounts.EndToEnd.Tests;

/// <summary>A small bank whose services send what they tell about themselves to a collector in this process.</summary>
public sealed class TelemetryFixture : IAsyncLifetime
{
    private readonly string folder = Bank.NewDataFolder();

    public Collector Collector { get; private set; } = null!;

    public Bank Bank { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        Collector = await Collector.StartAsync();
        Bank = await Bank.StartAsync(
            folder,
            // As on a developer's machine, where all of it leaves the services every second.
            "--environment=Development",
            "--partitions=2",
            "--command-services=1",
            "--projectors=1",
            $"--ASPIRE_DASHBOARD_OTLP_HTTP_ENDPOINT_URL={Collector.Address}");
    }

    public async Task DisposeAsync()
    {
        await Bank.DisposeAsync();
        await Collector.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }
}
