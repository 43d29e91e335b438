using Aspire.Hosting.Dashboard;
using Microsoft.Extensions.Configuration;

namespace Aspire.Hosting.Tests.Dashboard;

/// <summary>Whether there is a dashboard, by the genuine one's switches.</summary>
public sealed class DashboardSettingsTests
{
    private const string Urls = "ASPNETCORE_URLS=http://localhost:15100;http://localhost:15109";
    private const string Otlp = "ASPIRE_DASHBOARD_OTLP_ENDPOINT_URL=http://127.0.0.1:15101";
    private const string Unsecured = "ASPIRE_ALLOW_UNSECURED_TRANSPORT=true";

    [Fact]
    public void It_listens_where_the_launch_profile_says_and_asks_for_keys_of_its_own()
    {
        var options = Read(Urls, Otlp, Unsecured)!.Options;
        Assert.Equal((15100, 15101), (options.WebPort, options.OtlpPort));
        Assert.Matches("^[0-9a-f]{32}$", options.BrowserToken);
        Assert.Matches("^[0-9a-f]{32}$", options.OtlpApiKey);
        Assert.NotEqual(options.BrowserToken, options.OtlpApiKey);
    }

    [Fact]
    public void Keys_may_be_given_or_done_without()
    {
        var given = Read(Urls, Unsecured, "ASPIRE_DASHBOARD_FRONTEND_BROWSERTOKEN=mine", "AppHost:OtlpApiKey=key")!.Options;
        Assert.Equal(("mine", "key", null), (given.BrowserToken, given.OtlpApiKey, given.OtlpPort));

        var open = Read(Urls, Unsecured, "ASPIRE_DASHBOARD_UNSECURED_ALLOW_ANONYMOUS=true")!.Options;
        Assert.Equal((null, null), (open.BrowserToken, open.OtlpApiKey));
    }

    [Fact]
    public void There_is_none_without_an_address_or_where_it_is_switched_off()
    {
        Assert.Null(Read(Otlp, Unsecured));
        Assert.Null(Read(new DistributedApplicationOptions { DisableDashboard = true }, Urls, Otlp, Unsecured));
    }

    [Theory]
    [InlineData(Urls, Otlp)]
    [InlineData("ASPNETCORE_URLS=http://0.0.0.0:15100", Unsecured)]
    [InlineData("ASPNETCORE_URLS=https://localhost:15100", Unsecured)]
    [InlineData("ASPNETCORE_URLS=http://bank.example:15100", Unsecured)]
    [InlineData(Urls, Unsecured, "ASPIRE_DASHBOARD_OTLP_ENDPOINT_URL=http://192.0.2.1:15101")]
    [InlineData(Urls, Unsecured, "ASPIRE_DASHBOARD_OTLP_HTTP_ENDPOINT_URL=http://localhost:15101")]
    public void What_it_cannot_do_it_says(params string[] settings)
        => Assert.Throws<DistributedApplicationException>(() => Read(settings));

    private static DashboardSettings? Read(params string[] settings) => Read(new DistributedApplicationOptions(), settings);

    private static DashboardSettings? Read(DistributedApplicationOptions options, params string[] settings)
    {
        var configuration = new ConfigurationManager();
        configuration.AddInMemoryCollection(settings.Select(setting => setting.Split('=', 2))
            .Select(pair => KeyValuePair.Create(pair[0], (string?)pair[1])));
        return DashboardSettings.Read(options, configuration, "Shop", Path.GetTempPath());
    }
}
