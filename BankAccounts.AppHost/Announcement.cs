using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace BankAccounts.AppHost;

/// <summary>
/// Tells the person at the console, in a line per service, what can be used and where, as soon as it is
/// healthy; and while that takes long, what is being waited for.
/// </summary>
internal sealed class Announcement(
    DistributedApplicationModel model, ResourceNotificationService notifications) : BackgroundService
{
    private static readonly TimeSpan SayWhatIsMissingEvery = TimeSpan.FromSeconds(20);

    private readonly StartProgress progress = new();

    /// <inheritdoc />
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var everythingSaid = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
        var watch = progress.FollowAsync(notifications, everythingSaid.Token);
        var impatience = SayWhatIsMissingAsync(everythingSaid.Token);
        try
        {
            await Task.WhenAll(model.Resources.OfType<ProjectResource>()
                .Select(service => AnnounceAsync(service, stoppingToken)));
            Console.WriteLine(FirstSteps.Text(model));
        }
        catch (OperationCanceledException)
        {
            // It is being stopped before everything was up: there is nothing to announce.
        }
        finally
        {
            await everythingSaid.CancelAsync();
            await Task.WhenAll(watch, impatience);
        }
    }

    private async Task AnnounceAsync(ProjectResource service, CancellationToken cancellationToken)
    {
        await notifications.WaitForResourceHealthyAsync(
            service.Name, WaitBehavior.WaitOnResourceUnavailable, cancellationToken);
        Console.WriteLine($"{service.Name,-20} {service.GetEndpoint("http").Url}");
    }

    private async Task SayWhatIsMissingAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(SayWhatIsMissingEvery);
        try
        {
            while (await timer.WaitForNextTickAsync(cancellationToken))
            {
                Console.WriteLine("Still waiting:");
                foreach (var line in progress.Missing())
                {
                    Console.WriteLine($"  {line}");
                }
            }
        }
        catch (OperationCanceledException)
        {
            // Everything is up, or it is being stopped.
        }
    }
}

/// <summary>Adds the announcement to an AppHost.</summary>
internal static class AnnouncementExtensions
{
    /// <summary>
    /// Announces the services when they are healthy. Where ports are random it is usually a test that
    /// runs the AppHost, and nobody reads; <c>--announce=true</c> asks for it there too.
    /// </summary>
    public static void AnnounceServices(this IDistributedApplicationBuilder builder)
    {
        var isWanted = builder.Configuration.GetValue(
            "announce", defaultValue: !FixedPorts.AreRandomized(builder.Configuration));
        if (builder.ExecutionContext.IsRunMode && isWanted)
        {
            builder.Services.AddHostedService<Announcement>();
        }
    }
}
