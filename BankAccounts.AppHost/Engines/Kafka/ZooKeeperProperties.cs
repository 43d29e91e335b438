namespace BankAccounts.AppHost.Engines.Kafka;

/// <summary>The configuration of the one ZooKeeper that brokers of Kafka 0.9 lean on.</summary>
public static class ZooKeeperProperties
{
    /// <param name="port">Where it listens on 127.0.0.1.</param>
    public static Properties For(int port) =>
        new Properties()
            .Set("dataDir", "zookeeper")
            .Set("clientPort", port)
            .Set("clientPortAddress", "127.0.0.1")
            // Sessions expire in steps of a tick, and none may be shorter than two.
            .Set("tickTime", 500)
            .Set("minSessionTimeout", 1_000)
            .Set("maxSessionTimeout", 60_000)
            .Set("maxClientCnxns", 0)
            // Without this its old snapshots are kept for ever.
            .Set("autopurge.snapRetainCount", 3)
            .Set("autopurge.purgeInterval", 1);

    /// <summary>
    /// The logging of ZooKeeper and brokers: warnings to the console, all in a bounded file.
    /// </summary>
    /// <remarks>The file is named by the system property <c>bank.log</c>.</remarks>
    public static Properties Logging() =>
        new Properties()
            .Set("log4j.rootLogger", "INFO, console, file")
            .Set("log4j.appender.console", "org.apache.log4j.ConsoleAppender")
            .Set("log4j.appender.console.Threshold", "WARN")
            .Set("log4j.appender.console.layout", "org.apache.log4j.PatternLayout")
            .Set("log4j.appender.console.layout.ConversionPattern", "%d %p %m (%c)%n")
            .Set("log4j.appender.file", "org.apache.log4j.RollingFileAppender")
            .Set("log4j.appender.file.File", "${bank.log}")
            .Set("log4j.appender.file.MaxFileSize", "10MB")
            .Set("log4j.appender.file.MaxBackupIndex", 2)
            .Set("log4j.appender.file.layout", "org.apache.log4j.PatternLayout")
            .Set("log4j.appender.file.layout.ConversionPattern", "%d %p %m (%c)%n");
}
