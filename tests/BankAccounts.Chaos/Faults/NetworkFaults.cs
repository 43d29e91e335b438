using System.Globalization;

namespace BankAccounts.Chaos;

/// <summary>The way to Redis is long.</summary>
internal sealed class SlowNetwork : Fault
{
    public override string Name => "network-delay";

    public override async Task<string> RunAsync(World world, Random random, CancellationToken hurry)
    {
        var proxy = world.Bank.Redis.Proxy;
        var delay = Seconds(random, 0.02, 0.3);
        proxy.Delay = delay;
        try
        {
            await LastAsync(Seconds(random, 3, 8), hurry);
        }
        finally
        {
            proxy.Heal();
        }
        return string.Create(
            CultureInfo.InvariantCulture, $"{delay.TotalMilliseconds:F0} ms to and from Redis");
    }
}

/// <summary>The connections to Redis break, and no new one comes about.</summary>
internal sealed class CutNetwork : Fault
{
    public override string Name => "network-cut";

    public override async Task<string> RunAsync(World world, Random random, CancellationToken hurry)
    {
        var proxy = world.Bank.Redis.Proxy;
        proxy.Cut();
        try
        {
            await LastAsync(Seconds(random, 0.2, 4), hurry);
        }
        finally
        {
            proxy.Heal();
        }
        return "no connection to Redis";
    }
}

/// <summary>
/// Nothing passes to or from Redis, and what was sent arrives late: scripts run of which their callers know nothing.
/// </summary>
internal sealed class HeldNetwork : Fault
{
    public override string Name => "network-hold";

    public override async Task<string> RunAsync(World world, Random random, CancellationToken hurry)
    {
        var proxy = world.Bank.Redis.Proxy;
        proxy.Hold();
        try
        {
            await LastAsync(Seconds(random, 1, 7), hurry);
        }
        finally
        {
            proxy.Heal();
        }
        return "held what goes to and from Redis";
    }
}
