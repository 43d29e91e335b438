using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace BankAccounts.Security.Tests;

/// <summary>Certificates and keys as files, in a folder that goes with the test.</summary>
internal sealed class CertificateFolder : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("bank-security-");

    public string PathOf(string file) => Path.Combine(folder.FullName, file);

    /// <summary>Writes an authority, and gives the file's path.</summary>
    public string Write(string name, TestAuthority authority)
    {
        File.WriteAllText(PathOf($"{name}.pem"), authority.Pem);
        return PathOf($"{name}.pem");
    }

    /// <summary>Writes a certificate and its key, and gives the paths of both.</summary>
    public (string Certificate, string Key) Write(string name, X509Certificate2 certificate)
    {
        using var key = certificate.GetRSAPrivateKey()!;
        File.WriteAllText(PathOf($"{name}.pem"), certificate.ExportCertificatePem());
        File.WriteAllText(PathOf($"{name}.key"), key.ExportPkcs8PrivateKeyPem());
        return (PathOf($"{name}.pem"), PathOf($"{name}.key"));
    }

    /// <summary>Writes a certificate and its key as Java reads them.</summary>
    public string WritePkcs12(string name, X509Certificate2 certificate, string password)
    {
        File.WriteAllBytes(PathOf($"{name}.p12"), certificate.ExportPkcs12(
            new PbeParameters(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, 10_000), password));
        return PathOf($"{name}.p12");
    }

    public void Dispose() => folder.Delete(recursive: true);
}
