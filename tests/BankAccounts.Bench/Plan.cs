using BankAccounts.Bench.Measuring;

namespace BankAccounts.Bench;

/// <summary>
/// What is measured in each round, in this order: a workload stands beside the yardstick that it is compared with, so
/// that a machine which slows down slows down both.
/// </summary>
internal static class Plan
{
    private static readonly string[] Simple = ["-N", "-M", "prepared"];
    private static readonly string[] TpcB = [];

    public static IReadOnlyList<Measurement> Of(Session session) =>
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

        new("raw-latency", "produce to consume, one at a time, p50", "ms", session.RawKafka.LatencyAsync),
        Unary(session, 1),
        EmptyCall(session, 1),
        EmptyCall(session, 16),
        EmptyCall(session, 64),

        new("raw-consume", "raw consume of the log", "records/s", session.RawKafka.ConsumeAsync),
        new("rebuild", "rebuild of all partitions", "records/s", _ => session.Rebuilds.RunAsync()),
    ];

    private static Measurement Unary(Session session, int inFlight) => new(
        FormattableString.Invariant($"unary-{inFlight}"),
        FormattableString.Invariant($"commands, a call for each, {inFlight} in flight"),
        "commands/s",
        duration => session.Unary.RunAsync(inFlight, duration));

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
