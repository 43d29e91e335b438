namespace BankAccounts.AppHost.Engines.Redis;

/// <summary>The <c>redis.conf</c> of the local Redis.</summary>
public static class RedisProperties
{
    /// <param name="port">Where it listens on 127.0.0.1.</param>
    public static Properties For(int port) =>
        new Properties()
            .Set("bind", "127.0.0.1")
            .Set("port", port)
            .Set("protected-mode", "yes")
            .Set("daemonize", "no")
            .Set("dir", "./")
            // What Redis loses is rebuilt from the log, so a second at most may be missing after a
            // crash.
            .Set("appendonly", "yes")
            .Set("appendfsync", "everysec")
            .Set("save", "\"\"")
            // An answer that was dropped in silence would be a wrong answer.
            .Set("maxmemory-policy", "noeviction");
}
