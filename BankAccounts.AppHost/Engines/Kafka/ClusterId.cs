using System.Buffers.Text;

namespace BankAccounts.AppHost.Engines.Kafka;

/// <summary>The id that the nodes of a KRaft cluster share, kept beside their data.</summary>
public static class ClusterId
{
    private const string FileName = "cluster.id";

    /// <summary>The id of the cluster in a folder; made at the first call.</summary>
    public static string In(string folder)
    {
        var path = Path.Combine(folder, FileName);
        if (!File.Exists(path))
        {
            File.WriteAllText(path, New());
        }

        return File.ReadAllText(path);
    }

    /// <summary>
    /// 16 random bytes as Kafka writes ids: base64url without padding, 22 characters.
    /// </summary>
    private static string New()
    {
        var id = Base64Url.EncodeToString(Guid.NewGuid().ToByteArray());
        // A leading hyphen would read as an option on a command line.
        return id[0] == '-' ? New() : id;
    }
}
