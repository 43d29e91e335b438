using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace BankAccounts.Security.Tests;

/// <summary>A certificate authority that lives as long as a test.</summary>
internal sealed class TestAuthority : IDisposable
{
    public const string ForServers = "1.3.6.1.5.5.7.3.1";
    public const string ForClients = "1.3.6.1.5.5.7.3.2";

    private static readonly DateTimeOffset Began = DateTimeOffset.UtcNow.AddDays(-2);

    private readonly TestAuthority? issuer;

    public TestAuthority(string name, TestAuthority? issuer = null)
    {
        this.issuer = issuer;
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        Certificate = issuer is null
            ? request.CreateSelfSigned(Began, Began.AddDays(30))
            : issuer.Sign(request, Began.AddDays(20)).CopyWithPrivateKey(key);
    }

    public X509Certificate2 Certificate { get; }

    /// <summary>The authority's own certificate, and those above it.</summary>
    public string Pem => Certificate.ExportCertificatePem() + "\n" + issuer?.Pem;

    /// <summary>A certificate of this authority, with its key.</summary>
    /// <param name="subject">A distinguished name.</param>
    /// <param name="purpose">For servers or for clients.</param>
    /// <param name="dns">A name of the kind DNS.</param>
    /// <param name="uri">A name of the kind URI.</param>
    /// <param name="validDays">For how many days from the day before yesterday on.</param>
    public X509Certificate2 Issue(
        string subject, string purpose = ForClients, string? dns = null, string? uri = null, double validDays = 10)
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest(
            new X500DistinguishedName(subject), key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(purpose)], false));
        var names = new SubjectAlternativeNameBuilder();
        if (dns is not null)
        {
            names.AddDnsName(dns);
        }
        if (uri is not null)
        {
            names.AddUri(new Uri(uri));
        }
        if (purpose == ForServers)
        {
            names.AddIpAddress(IPAddress.Loopback);
        }
        if (dns is not null || uri is not null)
        {
            request.CertificateExtensions.Add(names.Build());
        }
        using var certificate = Sign(request, Began.AddDays(validDays));
        return certificate.CopyWithPrivateKey(key);
    }

    public void Dispose() => Certificate.Dispose();

    private X509Certificate2 Sign(CertificateRequest request, DateTimeOffset until)
    {
        using var key = Certificate.GetECDsaPrivateKey()!;
        return request.Create(
            Certificate.SubjectName,
            X509SignatureGenerator.CreateForECDsa(key),
            Began,
            until,
            RandomNumberGenerator.GetBytes(12));
    }
}
