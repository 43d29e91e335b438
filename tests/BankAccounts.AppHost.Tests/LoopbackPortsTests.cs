using BankAccounts.AppHost.Engines;

namespace BankAccounts.AppHost.Tests;

public sealed class LoopbackPortsTests
{
    [Fact]
    public void No_port_is_picked_twice_even_before_anybody_listens_there()
    {
        var picked = Enumerable.Range(0, 20).SelectMany(_ => LoopbackPorts.Pick(100)).ToList();

        Assert.Equal(picked.Count, picked.Distinct().Count());
    }
}
