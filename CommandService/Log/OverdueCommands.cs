namespace BankAccounts.CommandService.Log;

/// <summary>Gives up the commands that have waited for too long: what became of them is unknown.</summary>
public sealed class OverdueCommands(Appender appender) : BackgroundService
{
    private static readonly TimeSpan LookInterval = TimeSpan.FromSeconds(1);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(LookInterval);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            appender.AbandonAll(command => command.Age > command.MaxAge);
        }
    }
}
