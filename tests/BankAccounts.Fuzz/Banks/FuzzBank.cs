using Aspire.Hosting;
using Aspire.Hosting.Testing;

namespace BankAccounts.Fuzz;

/// <summary>The AppHost's real program with several replicas and one broker, in a folder of its own.</summary>
internal sealed class FuzzBank : IAsyncDisposable
{
    private const int Partitions = 12;

    private static readonly TimeSpan StartTimeout = TimeSpan.FromMinutes(3);

    private readonly DistributedApplication app;

    private FuzzBank(DistributedApplication app) => this.app = app;

    public FuzzTarget Target { get; private set; } = null!;

    /// <summary>Starts a bank and waits until all of it is healthy.</summary>
    public static async Task<FuzzBank> StartAsync(string folder)
    {
        using var patience = new CancellationTokenSource(StartTimeout);
        var builder = await DistributedApplicationTestingBuilder.CreateAsync<Projects.BankAccounts_AppHost>(
            ["--data", folder, $"--partitions={Partitions}", "--command-services=2", "--projectors=3"], patience.Token);
        var bank = new FuzzBank(await builder.BuildAsync(patience.Token));
        try
        {
            await bank.app.StartAsync(patience.Token);
            bank.Target = await FuzzTarget.OfAsync(bank.app, Partitions);
            return bank;
        }
        catch
        {
            await bank.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (Target is not null)
        {
            await Target.DisposeAsync();
        }
        await app.DisposeAsync();
    }
}
