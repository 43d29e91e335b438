using System.Formats.Asn1;
using System.Security.Cryptography.X509Certificates;

namespace BankAccounts.ServiceDefaults.Security;

/// <summary>What a certificate says about whose it is, as configuration names it.</summary>
internal static class CertificateNames
{
    private const string Dns = "DNS:";
    private const string Uri = "URI:";
    private const string Subject = "SUBJECT:";
    private const string SubjectAlternativeName = "2.5.29.17";

    // GeneralName of RFC 5280, 4.2.1.6.
    private static readonly Asn1Tag DnsName = new(TagClass.ContextSpecific, 2);
    private static readonly Asn1Tag UriName = new(TagClass.ContextSpecific, 6);

    /// <summary>Whether a certificate could have such a name.</summary>
    public static bool IsName(string name) =>
        Array.Exists([Dns, Uri, Subject], kind =>
            name.Length > kind.Length && name.StartsWith(kind, StringComparison.Ordinal));

    /// <summary>All names of a certificate.</summary>
    /// <exception cref="AsnContentException">The certificate is malformed.</exception>
    public static HashSet<string> Of(X509Certificate2 certificate)
    {
        var names = new HashSet<string>(StringComparer.Ordinal) { Subject + certificate.Subject };
        foreach (var extension in certificate.Extensions.Where(known => known.Oid?.Value == SubjectAlternativeName))
        {
            var rest = new AsnReader(extension.RawData, AsnEncodingRules.DER).ReadSequence();
            while (rest.HasData)
            {
                var tag = rest.PeekTag();
                if (tag.HasSameClassAndValue(DnsName))
                {
                    names.Add(Dns + rest.ReadCharacterString(UniversalTagNumber.IA5String, DnsName));
                }
                else if (tag.HasSameClassAndValue(UriName))
                {
                    names.Add(Uri + rest.ReadCharacterString(UniversalTagNumber.IA5String, UriName));
                }
                else
                {
                    rest.ReadEncodedValue();
                }
            }
        }
        return names;
    }
}
