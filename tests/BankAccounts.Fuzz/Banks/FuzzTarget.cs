using System.Globalization;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Testing;
using BankAccounts.AppHost.Engines.Kafka;
using BankAccounts.Chaos;
using Microsoft.Extensions.DependencyInjection;

namespace BankAccounts.Fuzz;

/// <summary>A bank that runs: where it is reached, and what can be seen of it from outside.</summary>
/// <param name="Addresses">Of the three services, in the order of <see cref="BankService"/>.</param>
/// <param name="Kafka">Host and port of each broker.</param>
/// <param name="Redis">Host and port of each server.</param>
/// <param name="IsKafka09">Whether clients of Kafka have to be told that the brokers are old.</param>
/// <param name="Partitions">How many the log has.</param>
/// <param name="Services">The processes of the services, with their memory.</param>
/// <param name="Logs">What the services print.</param>
internal sealed record FuzzTarget(
    IReadOnlyList<Uri> Addresses, string Kafka, string Redis, bool IsKafka09, int Partitions, ServiceProcesses Services,
    FaultLogs Logs) : IAsyncDisposable
{
    private static readonly string[] Names = [ChaosBank.CommandService, ChaosBank.QueryService, ChaosBank.ProjectionService];

    public static async Task<FuzzTarget> OfAsync(DistributedApplication app, int partitions)
    {
        var kafka = app.Services.GetRequiredService<DistributedApplicationModel>().Resources
            .Single(resource => resource.Name == "kafka");
        var services = new ServiceProcesses(app, Names);
        await services.LookAsync();
        var logs = new FaultLogs(app.Services.GetRequiredService<ResourceLoggerService>());
        await logs.FollowAsync(services.Ids);
        return new FuzzTarget(
            [.. Names.Select(name => app.GetEndpoint(name, "http"))],
            await app.GetConnectionStringAsync("kafka") ?? throw new ChaosException("The bank has no Kafka."),
            string.Join(',', (await app.GetConnectionStringAsync("redis") ?? throw new ChaosException("The bank has no Redis."))
                .Split(',').Where(part => !part.Contains('=', StringComparison.Ordinal))),
            kafka.Annotations.OfType<KafkaClientSettings>().Any(settings => settings.Shared.Count > 0),
            partitions,
            services,
            logs);
    }

    /// <summary>How the programs of the checker are told where this bank is.</summary>
    public string[] Arguments =>
    [
        Kafka, Redis, Partitions.ToString(CultureInfo.InvariantCulture), .. IsKafka09 ? (string[])["--kafka09"] : [],
    ];

    public async ValueTask DisposeAsync()
    {
        await Services.DisposeAsync();
        await Logs.DisposeAsync();
    }
}
