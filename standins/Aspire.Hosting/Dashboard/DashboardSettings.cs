using System.Net;
using System.Security.Cryptography;
using System.Text.Json;
using Aspire.Dashboard;
using Microsoft.Extensions.Configuration;

namespace Aspire.Hosting.Dashboard;

/// <summary>Whether there is a dashboard, and where: by the switches that the genuine one has.</summary>
internal sealed record DashboardSettings(DashboardOptions Options)
{
    /// <summary>Beside the AppHost's project: what is shown of its telemetry.</summary>
    internal const string ViewFile = "dashboard.json";

    private const string WebUrls = "ASPNETCORE_URLS";
    private const string AllowUnsecured = "ASPIRE_ALLOW_UNSECURED_TRANSPORT";
    private const string OtlpHttpUrl = "ASPIRE_DASHBOARD_OTLP_HTTP_ENDPOINT_URL";

    private static readonly string[] s_otlpUrls =
        ["ASPIRE_DASHBOARD_OTLP_ENDPOINT_URL", "DOTNET_DASHBOARD_OTLP_ENDPOINT_URL"];

    private static readonly string[] s_browserTokens =
        ["ASPIRE_DASHBOARD_FRONTEND_BROWSERTOKEN", "DOTNET_DASHBOARD_FRONTEND_BROWSERTOKEN"];

    private static readonly string[] s_anonymous =
        ["ASPIRE_DASHBOARD_UNSECURED_ALLOW_ANONYMOUS", "DOTNET_DASHBOARD_UNSECURED_ALLOW_ANONYMOUS"];

    /// <summary>
    /// Null: there is no dashboard, because it is switched off or has no address. Its keys are put into the
    /// configuration, where the genuine host puts them.
    /// </summary>
    /// <exception cref="DistributedApplicationException">It is wanted in a way that is not there.</exception>
    internal static DashboardSettings? Read(
        DistributedApplicationOptions options,
        IConfigurationManager configuration,
        string applicationName,
        string folder)
    {
        if (options.DisableDashboard || configuration[WebUrls] is not { Length: > 0 } urls)
        {
            return null;
        }
        if (!options.AllowUnsecuredTransport && !configuration.GetValue<bool>(AllowUnsecured))
        {
            throw new DistributedApplicationException(
                $"The dashboard speaks HTTP without TLS here: set {AllowUnsecured} to true if that is wanted.");
        }
        var otlp = First(configuration, s_otlpUrls);
        if (otlp is null && configuration[OtlpHttpUrl] is { Length: > 0 })
        {
            throw new DistributedApplicationException(
                $"The dashboard takes telemetry over gRPC only: set {s_otlpUrls[0]} instead of {OtlpHttpUrl}.");
        }
        var isAnonymous = bool.TryParse(First(configuration, s_anonymous), out var anonymous) && anonymous;
        if (!isAnonymous)
        {
            configuration.AddInMemoryCollection(
            [
                new("AppHost:BrowserToken", First(configuration, s_browserTokens) ?? NewToken()),
                new("AppHost:OtlpApiKey", configuration["AppHost:OtlpApiKey"] ?? NewToken()),
            ]);
        }
        return new DashboardSettings(new DashboardOptions
        {
            ApplicationName = applicationName,
            WebPort = LoopbackPort(WebUrls, urls.Split(';')[0]),
            OtlpPort = otlp is null ? null : LoopbackPort(s_otlpUrls[0], otlp),
            BrowserToken = isAnonymous ? null : configuration["AppHost:BrowserToken"],
            OtlpApiKey = isAnonymous ? null : configuration["AppHost:OtlpApiKey"],
            View = View(Path.Combine(folder, ViewFile)),
        });
    }

    private static string? First(IConfiguration configuration, string[] keys)
        => keys.Select(key => configuration[key]).FirstOrDefault(value => !string.IsNullOrEmpty(value));

    private static int LoopbackPort(string key, string address)
        => Uri.TryCreate(address, UriKind.Absolute, out var uri) && uri.Scheme == Uri.UriSchemeHttp
            && (uri.Host == "localhost" || (IPAddress.TryParse(uri.Host, out var ip) && IPAddress.IsLoopback(ip)))
            ? uri.Port
            : throw new DistributedApplicationException(
                $"The dashboard listens on loopback only, without TLS: {key} is like http://localhost:15100, "
                + $"not '{address}'.");

    private static DashboardFile View(string file)
    {
        try
        {
            return File.Exists(file) ? DashboardFile.Read(File.ReadAllText(file)) : new DashboardFile();
        }
        catch (JsonException problem)
        {
            throw new DistributedApplicationException($"{file} does not say what to show: {problem.Message}", problem);
        }
    }

    private static string NewToken() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
}
