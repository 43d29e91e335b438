namespace BankAccounts.Simulation.Tests;

/// <summary>
/// Runs without a synchronization context: what is awaited goes on where it is completed, at once and on
/// the same thread, so that a schedule alone says what happens when.
/// </summary>
internal static class OnOneThread
{
    public static T Run<T>(Func<T> body)
    {
        var context = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(null);
        try
        {
            return body();
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(context);
        }
    }
}
