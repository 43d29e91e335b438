using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using StackExchange.Redis;

namespace BankAccounts.ServiceDefaults.Security;

/// <summary>Which Redis is believed to be the bank's.</summary>
internal static class RedisTrust
{
    /// <summary>Makes a connection use TLS, with a server that these authorities have named.</summary>
    public static void Require(ConfigurationOptions options, Authorities authorities)
    {
        options.Ssl = true;
        options.CertificateValidation += (_, certificate, chain, errors) => IsTrusted(
            authorities, certificate, chain, errors);
    }

    private static bool IsTrusted(
        Authorities authorities, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        // The chain was tried against what the machine trusts, which does not count here; the name does.
        if (certificate is not X509Certificate2 server || (errors & ~SslPolicyErrors.RemoteCertificateChainErrors) != 0)
        {
            return false;
        }
        var sent = new X509Certificate2Collection();
        foreach (var element in chain?.ChainElements ?? Enumerable.Empty<X509ChainElement>())
        {
            sent.Add(element.Certificate);
        }
        return authorities.ProblemOfServer(server, sent) is null;
    }
}
