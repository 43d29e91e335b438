using System.Security.Cryptography;
using System.Text;

namespace Aspire.Dashboard.Web;

/// <summary>A text that callers must know. Comparing takes as long whatever they say.</summary>
internal sealed class Secret(string text)
{
    private readonly byte[] _hash = Hash(text);

    internal bool IsEqualTo(string said) => CryptographicOperations.FixedTimeEquals(_hash, Hash(said));

    // Hashes have one length, so not even that of the secret shows.
    private static byte[] Hash(string text) => SHA256.HashData(Encoding.UTF8.GetBytes(text));
}
