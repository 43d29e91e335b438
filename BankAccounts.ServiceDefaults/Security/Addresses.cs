using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;

namespace BankAccounts.ServiceDefaults.Security;

/// <summary>
/// Where a service may listen: on the loopback interface (or a socket of the file system), and elsewhere only with TLS
/// and callers that are asked who they are.
/// </summary>
internal static class Addresses
{
    /// <summary>Why a service must not listen there; null if it may.</summary>
    /// <param name="address">As Kestrel takes and tells it: <c>https://*:5101</c>.</param>
    /// <param name="asksCallers">Whether callers need a certificate.</param>
    public static string? ProblemOf(string address, bool asksCallers)
    {
        var binding = BindingAddress.Parse(address);
        var isSafe = binding.IsUnixPipe
            || IsLoopback(binding.Host)
            || (asksCallers && binding.Scheme.Equals(Uri.UriSchemeHttps, StringComparison.OrdinalIgnoreCase));
        return isSafe
            ? null
            : $"It would listen at {address}, where other machines come in: that needs https:// with a certificate "
                + "(Kestrel:Certificates:Default:Path) and "
                + $"{SecurityOptions.Section}:{nameof(SecurityOptions.ClientCaFile)}. "
                + "Without them use localhost. See docs/SECURITY.md.";
    }

    /// <summary>Where configuration makes Kestrel listen.</summary>
    public static IReadOnlyCollection<string> Configured(IConfiguration configuration)
    {
        var endpoints = configuration.GetSection("Kestrel:Endpoints").GetChildren()
            .Select(endpoint => endpoint["Url"])
            .OfType<string>()
            .ToList();
        // Kestrel takes those of the host only where it has none of its own.
        return endpoints.Count > 0
            ? endpoints
            : [
                .. Split(configuration["urls"]),
                .. Split(configuration["http_ports"]).Select(port => $"http://*:{port}"),
                .. Split(configuration["https_ports"]).Select(port => $"https://*:{port}"),
            ];
    }

    private static string[] Split(string? list) => list?.Split(';', StringSplitOptions.RemoveEmptyEntries) ?? [];

    // Kestrel binds any other name to all interfaces.
    private static bool IsLoopback(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
        || (IPAddress.TryParse(host, out var address) && IPAddress.IsLoopback(address));
}
