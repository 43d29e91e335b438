using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace BankAccounts.ServiceDefaults.Security;

/// <summary>
/// The authorities of one file, and nobody else's: what the machine trusts does not count. Nothing is fetched, neither
/// a missing certificate nor a list of revoked ones, so a stranger's certificate cannot make this process call
/// anywhere.
/// </summary>
internal sealed class Authorities
{
    private const string ServerAuthentication = "1.3.6.1.5.5.7.3.1";
    private const string ClientAuthentication = "1.3.6.1.5.5.7.3.2";

    private readonly X509Certificate2Collection roots = [];
    private readonly X509Certificate2Collection intermediates = [];

    /// <summary>Reads a file of PEM.</summary>
    public Authorities(string file)
    {
        var all = new X509Certificate2Collection();
        all.ImportFromPemFile(file);
        foreach (var certificate in all)
        {
            (IsSelfIssued(certificate) ? roots : intermediates).Add(certificate);
        }
    }

    /// <summary>Why a file cannot serve; null if it can.</summary>
    public static string? ProblemOf(string file)
    {
        try
        {
            return new Authorities(file).roots.Count > 0 ? null : $"{file} has no root certificate.";
        }
        catch (Exception unreadable) when (
            unreadable is IOException or UnauthorizedAccessException or CryptographicException)
        {
            return $"{file} cannot be read as certificates: {unreadable.Message}";
        }
    }

    /// <summary>What is wrong with a client's certificate; null if nothing is.</summary>
    public string? ProblemOfClient(X509Certificate2 certificate) => ProblemOf(certificate, ClientAuthentication, []);

    /// <summary>What is wrong with a server's certificate, its name apart; null if nothing is.</summary>
    /// <param name="certificate">The server's.</param>
    /// <param name="sent">What the server sent with it.</param>
    public string? ProblemOfServer(X509Certificate2 certificate, X509Certificate2Collection sent) =>
        ProblemOf(certificate, ServerAuthentication, sent);

    private string? ProblemOf(X509Certificate2 certificate, string purpose, X509Certificate2Collection sent)
    {
        using var chain = new X509Chain();
        var policy = chain.ChainPolicy;
        policy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        policy.CustomTrustStore.AddRange(roots);
        policy.ExtraStore.AddRange(intermediates);
        policy.ExtraStore.AddRange(sent);
        policy.ApplicationPolicy.Add(new Oid(purpose));
        policy.RevocationMode = X509RevocationMode.NoCheck;
        policy.DisableCertificateDownloads = true;
        return chain.Build(certificate)
            ? null
            : string.Join(", ", chain.ChainStatus.Select(status => status.Status).Distinct());
    }

    private static bool IsSelfIssued(X509Certificate2 certificate) =>
        certificate.SubjectName.RawData.AsSpan().SequenceEqual(certificate.IssuerName.RawData);
}
