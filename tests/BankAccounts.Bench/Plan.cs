using BankAccounts.Bench.Measuring;
using BankAccounts.Bench.Workloads;

namespace BankAccounts.Bench;

/// <summary>
/// What is measured in each round, in this order: a workload stands beside the yardstick that it is compared with, so
/// that a machine which slows down slows down both.
/// </summary>
internal static class Plan
{
    private static readonly string[] Simple = ["-N", "-M", "prepared"];
    private static readonly string[] TpcB = [];

    /// <summary>The name of everything that has to do with the size of the bank.</summary>
    public const string Growth = "growth";

    /// <summary>The workloads of which the best is the capacity for calls.</summary>
    public static IReadOnlyList<string> Capacity { get; } = ["unary-16", "unary-64", "unary-256"];

    /// <summary>The loads of the open loop, in percent of the capacity.</summary>
    public static IReadOnlyList<int> OpenLoads { get; } = [25, 50, 75];

    /// <summary>What each round consists of.</summary>
    public static IReadOnlyList<Measurement> Rounds(Session session) =>
    [
        new("raw-produce", "raw produce, acks=all", "records/s", session.RawKafka.ProduceAsync),
        new("execute", "commands, Execute", "commands/s",
            duration => session.Execute.RunAsync(transfers: false, duration)),
        new("tutorial", "the tutorial's design", "events/s", session.Tutorial.RunAsync),

        PgBench(session, "pgbench-simple", "pgbench -N -M prepared -c 32", Simple, synchronousCommit: true),
        Unary(session, 16),
        Unary(session, 64),
        Unary(session, 256),
        PgBench(session, "pgbench-simple-async", "the same, synchronous_commit off", Simple, synchronousCommit: false),
        new("hot-account", "commands on one account, 64 in flight", "commands/s",
            duration => session.Unary.RunOnOneAsync(64, duration)),

        PgBench(session, "pgbench-tpcb", "pgbench TPC-B-like -c 32", TpcB, synchronousCommit: true),
        new("transfers", "settled transfers, Execute", "transfers/s",
            duration => session.Execute.RunAsync(transfers: true, duration)),
        PgBench(session, "pgbench-tpcb-async", "the same, synchronous_commit off", TpcB, synchronousCommit: false),

        Idle(session, "idle-record", "a record to Kafka and back", IdleStep.Record),
        Idle(session, "idle-empty-call", "an empty gRPC call", IdleStep.EmptyCall),
        Idle(session, "idle-command", "a command", IdleStep.Command),
        new("raw-latency", "produce to consume, one at a time, p50", "ms", session.RawKafka.LatencyAsync),
        Unary(session, 1),
        EmptyCall(session, 1),
        EmptyCall(session, 16),
        EmptyCall(session, 64),

        new("raw-consume", "raw consume of the log", "records/s", session.RawKafka.ConsumeAsync),
        new("rebuild", "rebuild of all partitions", "records/s", _ => session.Rebuilds.RunAsync()),
    ];

    /// <summary>Latency at a part of the capacity.</summary>
    public static Measurement Open(Session session, int percent, double capacity) => new(
        OpenName(percent),
        FormattableString.Invariant($"commands, open loop at {percent} % of the capacity"),
        "commands/s",
        duration => session.Unary.RunOpenAsync(capacity * percent / 100, duration));

    public static string OpenName(int percent) => FormattableString.Invariant($"open-{percent}");

    /// <summary>What a command costs in a bank of a size: the smallest, the largest, or one between them.</summary>
    public static Measurement AtSize(Session session, BankSize size, IReadOnlyList<BankSize> sizes) => new(
        size == sizes[0] ? "execute-small"
            : size == sizes[^1] ? "execute-large"
            : FormattableString.Invariant($"execute-{size.Accounts}"),
        $"commands, Execute: {size}",
        "commands/s",
        duration => session.Execute.RunAsync(transfers: false, duration));

    /// <summary>The names of everything that can be asked for alone.</summary>
    public static IEnumerable<string> Names =>
    [
        "raw-produce", "execute", "tutorial",
        "pgbench-simple", "unary-16", "unary-64", "unary-256", "pgbench-simple-async", "hot-account",
        "pgbench-tpcb", "transfers", "pgbench-tpcb-async",
        "idle-record", "idle-empty-call", "idle-command", "raw-latency", "unary-1", "empty-call-1", "empty-call-16", "empty-call-64",
        "raw-consume", "rebuild", .. OpenLoads.Select(OpenName), Growth,
    ];

    private static Measurement Unary(Session session, int inFlight) => new(
        FormattableString.Invariant($"unary-{inFlight}"),
        FormattableString.Invariant($"commands, a call for each, {inFlight} in flight"),
        "commands/s",
        duration => session.Unary.RunAsync(inFlight, duration));

    private static Measurement Idle(Session session, string name, string title, IdleStep step) => new(
        name, $"{title}, on an idle system, p50", "ms", duration => session.Idle.RunAsync(step, duration));

    private static Measurement EmptyCall(Session session, int inFlight) => new(
        FormattableString.Invariant($"empty-call-{inFlight}"),
        FormattableString.Invariant($"empty gRPC calls, {inFlight} in flight"),
        "calls/s",
        duration => session.EmptyCalls.RunAsync(inFlight, duration));

    private static Measurement PgBench(
        Session session, string name, string title, string[] arguments, bool synchronousCommit) => new(
        name, title, "transactions/s",
        async duration => await (await session.PostgresAsync()).RunAsync(arguments, synchronousCommit, duration));
}
