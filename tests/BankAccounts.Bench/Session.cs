using BankAccounts.Bench.Calls;
using BankAccounts.Bench.Checks;
using BankAccounts.Bench.Processes;
using BankAccounts.Bench.Workloads;
using BankAccounts.Bench.Yardsticks;

namespace BankAccounts.Bench;

/// <summary>
/// Everything that is running for a run: the bank, what loads it, and the yardsticks beside it, each of which is
/// started when it is needed first.
/// </summary>
internal sealed class Session : IAsyncDisposable
{
    private const int UnaryConnectionsPerReplica = 2;

    private readonly string folder;
    private readonly BenchOptions options;
    private readonly Connections unary;
    private readonly Connections streams;
    private readonly Connections ledger;
    private readonly Connections queries;
    private EmptyCalls? emptyCalls;
    private Postgres? postgres;

    private Session(string folder, BankUnderTest bank, BenchOptions options)
    {
        (this.folder, this.options, Bank) = (folder, options, bank);
        unary = Connections.To(bank, "command-service", options, UnaryConnectionsPerReplica);
        streams = Connections.To(bank, "command-service", options, options.StreamsPerReplica);
        ledger = Connections.To(bank, "projection-service", options, perReplica: 1);
        queries = Connections.To(bank, "query-service", options, perReplica: 1);
        Witness = new Witness(new Population(), new Acknowledgements(options.Partitions));
        Opening = new Opening(streams, Witness.Population, Witness.Acknowledged);
        Unary = new UnaryCommands(unary, Witness);
        Execute = new ExecuteCommands(streams, Witness);
        Rebuilds = new Rebuilds(ledger[0]);
        var clients = new KafkaClients(bank);
        Topics = new KafkaTopics(bank, clients, options.Brokers);
        RawKafka = new RawKafka(clients, options.Partitions);
        Tutorial = new TutorialDesign(clients, bank.Variable("command-service", "ConnectionStrings__redis"));
    }

    public BankUnderTest Bank { get; }

    public Witness Witness { get; }

    public Opening Opening { get; }

    public UnaryCommands Unary { get; }

    public ExecuteCommands Execute { get; }

    public Rebuilds Rebuilds { get; }

    public KafkaTopics Topics { get; }

    public RawKafka RawKafka { get; }

    public TutorialDesign Tutorial { get; }

    public EmptyCalls EmptyCalls => emptyCalls ??= new EmptyCalls();

    /// <summary>The version of the PostgreSQL that was measured; null if none was.</summary>
    public string? PostgresVersion => postgres?.Version;

    /// <summary>Starts the bank.</summary>
    public static async Task<Session> StartAsync(string folder, BenchOptions options)
    {
        var data = Path.Combine(folder, "bank");
        Directory.CreateDirectory(data);
        return new Session(folder, await BankUnderTest.StartAsync(data, options, new Dictionary<string, string>()), options);
    }

    public async Task<Postgres> PostgresAsync() =>
        postgres ??= await Postgres.StartAsync(Path.Combine(folder, "postgres"));

    /// <summary>Compares the books.</summary>
    public Task<CheckResult> CheckAsync() =>
        new LedgerCheck(ledger[0], queries[0], Witness.Population, Witness.Acknowledged).RunAsync();

    public async ValueTask DisposeAsync()
    {
        RawKafka.Dispose();
        emptyCalls?.Dispose();
        postgres?.Dispose();
        foreach (var connections in new[] { unary, streams, ledger, queries })
        {
            connections.Dispose();
        }
        await Bank.DisposeAsync();
    }
}
