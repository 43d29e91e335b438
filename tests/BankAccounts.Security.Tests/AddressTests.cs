using BankAccounts.ServiceDefaults.Security;
using BankAccounts.ServiceDefaults.Tests;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace BankAccounts.Security.Tests;

/// <summary>Where a service may listen.</summary>
public sealed class AddressTests
{
    [Theory]
    [InlineData("http://localhost:5101", true, true)]
    [InlineData("http://127.0.0.1:5101", true, true)]
    [InlineData("http://127.8.9.10:5101", true, true)]
    [InlineData("http://[::1]:5101", true, true)]
    [InlineData("http://unix:/run/bank.sock", true, true)]
    [InlineData("https://localhost:5101", true, true)]
    [InlineData("http://*:5101", false, false)]
    [InlineData("http://+:5101", false, false)]
    [InlineData("http://0.0.0.0:5101", false, false)]
    [InlineData("http://[::]:5101", false, false)]
    [InlineData("http://10.1.2.3:5101", false, false)]
    [InlineData("http://localhost.example:5101", false, false)]
    [InlineData("https://*:5101", false, true)]
    [InlineData("https://bank.example:5101", false, true)]
    [InlineData("HTTPS://[::]:5101", false, true)]
    public void Elsewhere_than_on_the_loopback_interface_it_takes_TLS_and_callers_that_are_asked(
        string address, bool withoutCallers, bool withCallers)
    {
        Assert.Equal(withoutCallers, Addresses.ProblemOf(address, asksCallers: false) is null);
        Assert.Equal(withCallers, Addresses.ProblemOf(address, asksCallers: true) is null);
    }

    [Fact]
    public void Kestrels_own_endpoints_count_and_those_of_the_host_where_there_are_none()
    {
        Assert.Equal(["http://*:1", "http://*:2"], Configured(
            ("Kestrel:Endpoints:http:Url", "http://*:1"), ("Kestrel:Endpoints:health:Url", "http://*:2"),
            ("urls", "http://*:3"), ("http_ports", "4")));
        Assert.Equal(["http://*:3", "https://*:4", "http://*:5", "http://*:6", "https://*:7"], Configured(
            ("urls", "http://*:3;https://*:4"), ("http_ports", "5;6"), ("https_ports", "7")));
        Assert.Empty(Configured());
    }

    [Theory]
    [InlineData("http://0.0.0.0:5101", true)]
    [InlineData("http://127.0.0.1:5101", false)]
    public async Task What_code_makes_the_server_listen_at_is_looked_at_as_well(string address, bool stops)
    {
        var life = new Life();
        var guard = new ListeningGuard(
            new BoundServer(address), Options.Create(new SecurityOptions()), life, NullLogger<ListeningGuard>.Instance);
        var exitCode = Environment.ExitCode;
        try
        {
            await guard.StartedAsync(default);

            Assert.Equal((stops, stops ? 1 : exitCode), (life.IsStopped, Environment.ExitCode));
        }
        finally
        {
            Environment.ExitCode = exitCode;
        }
    }

    private static IEnumerable<string> Configured(params (string Key, string Value)[] settings) =>
        Addresses.Configured(new ConfigurationBuilder()
            .AddInMemoryCollection(settings.Select(one => KeyValuePair.Create(one.Key, (string?)one.Value)))
            .Build()).Order(StringComparer.Ordinal).OrderBy(address => address[^1]);

    private sealed class BoundServer : IServer
    {
        public BoundServer(string address)
        {
            var addresses = new ServerAddressesFeature();
            addresses.Addresses.Add(address);
            Features.Set<IServerAddressesFeature>(addresses);
        }

        public IFeatureCollection Features { get; } = new FeatureCollection();

        public Task StartAsync<TContext>(IHttpApplication<TContext> application, CancellationToken cancellationToken)
            where TContext : notnull => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public void Dispose()
        {
        }
    }
}
