using System.Globalization;

namespace BankAccounts.Chaos;

/// <summary>Something is wrong with the way to Redis for a while.</summary>
internal abstract class NetworkFault(double minSeconds, double maxSeconds) : Fault
{
    public override async Task<string> RunAsync(World world, Random random, CancellationToken hurry)
    {
        var proxy = world.Bank.Redis.Proxy;
        var what = Disturb(proxy, random);
        try
        {
            await LastAsync(Seconds(random, minSeconds, maxSeconds), hurry);
        }
        finally
        {
            proxy.Heal();
        }
        return what;
    }

    /// <summary>Brings it about, and says what it is.</summary>
    protected abstract string Disturb(TcpProxy proxy, Random random);
}

/// <summary>The way to Redis is long.</summary>
internal sealed class SlowNetwork() : NetworkFault(3, 8)
{
    public override string Name => "network-delay";

    protected override string Disturb(TcpProxy proxy, Random random)
    {
        var delay = Seconds(random, 0.02, 0.3);
        proxy.Delay = delay;
        return string.Create(
            CultureInfo.InvariantCulture, $"{delay.TotalMilliseconds:F0} ms to and from Redis");
    }
}

/// <summary>The connections to Redis break, and no new one comes about.</summary>
internal sealed class CutNetwork() : NetworkFault(0.2, 4)
{
    public override string Name => "network-cut";

    protected override string Disturb(TcpProxy proxy, Random random)
    {
        proxy.Cut();
        return "no connection to Redis";
    }
}

/// <summary>
/// Nothing passes to or from Redis, and what was sent arrives late: scripts run of which their callers know nothing.
/// </summary>
internal sealed class HeldNetwork() : NetworkFault(1, 7)
{
    public override string Name => "network-hold";

    protected override string Disturb(TcpProxy proxy, Random random)
    {
        proxy.Hold();
        return "held what goes to and from Redis";
    }
}
