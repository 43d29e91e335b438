using System.Globalization;

namespace BankAccounts.ServiceDefaults.RedisClient;

/// <summary>How long a service waits for Redis.</summary>
public static class RedisTimes
{
    /// <summary>For a connection to be made.</summary>
    public static readonly TimeSpan Connect = TimeSpan.FromSeconds(5);

    /// <summary>For the answer to a synchronous command.</summary>
    public static readonly TimeSpan Sync = TimeSpan.FromSeconds(5);

    /// <summary>Between two signs of life on an idle connection.</summary>
    public static readonly TimeSpan KeepAlive = TimeSpan.FromSeconds(5);

    /// <summary>For the health check as a whole.</summary>
    public static readonly TimeSpan HealthLimit = TimeSpan.FromSeconds(3);

    /// <summary>
    /// The connection string with these times as defaults: of two options with the same name the
    /// later one counts, so whoever wrote the connection string has the last word.
    /// </summary>
    public static string Under(string connectionString) => string.Create(
        CultureInfo.InvariantCulture,
        $"connectTimeout={Connect.TotalMilliseconds},syncTimeout={Sync.TotalMilliseconds}," +
        $"keepAlive={KeepAlive.TotalSeconds},{connectionString}");
}
