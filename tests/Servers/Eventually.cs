namespace BankAccounts.Tests.Servers;

/// <summary>Waits for a condition, and says which one when its time is up.</summary>
internal static class Eventually
{
    public static async Task BecomesTrue(
        Func<Task<bool>> condition, string what, TimeSpan? within = null)
    {
        var limit = within ?? TimeSpan.FromSeconds(20);
        using var deadline = new CancellationTokenSource(limit);
        while (!await condition())
        {
            try
            {
                await Task.Delay(TimeSpan.FromMilliseconds(50), deadline.Token);
            }
            catch (OperationCanceledException)
            {
                throw new TimeoutException($"Not within {limit}: {what}");
            }
        }
    }
}
