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
    private readonly Companion? collector;
    private EmptyCalls? emptyCalls;
    private Postgres? postgres;

    private Session(
        string folder, BankUnderTest bank, MemoryWatch memory, Companion? collector, BenchOptions options)
    {
        (this.folder, this.options, this.collector, Bank, Memory) = (folder, options, collector, bank, memory);
        unary = Connections.To(bank, "command-service", options, UnaryConnectionsPerReplica);
        streams = Connections.To(bank, "command-service", options, options.StreamsPerReplica);
        ledger = Connections.To(bank, "projection-service", options, perReplica: 1);
        queries = Connections.To(bank, "query-service", options, perReplica: 1);
        Witness = new Witness(new Population(), new Acknowledgements(options.Partitions));
        Opening = new Opening(streams, Witness.Population, Witness.Acknowledged);
        Unary = new UnaryCommands(unary, Witness);
        Execute = new ExecuteCommands(streams, Witness, options.BatchesPerStream);
        Rebuilds = new Rebuilds(ledger[0]);
        var clients = new KafkaClients(bank);
        Topics = new KafkaTopics(bank, clients, options.Brokers);
        RawKafka = new RawKafka(clients, options.Partitions);
        Tutorial = new TutorialDesign(clients, RedisOf(bank));
    }

    public BankUnderTest Bank { get; }

    public MemoryWatch Memory { get; }

    public Witness Witness { get; }

    public Opening Opening { get; }

    public UnaryCommands Unary { get; }

    public ExecuteCommands Execute { get; }

    public Rebuilds Rebuilds { get; }

    public KafkaTopics Topics { get; }

    public RawKafka RawKafka { get; }

    public TutorialDesign Tutorial { get; }

    public IdleSystem Idle => new(RawKafka, () => EmptyCalls.CallAsync(0), Unary.CallOnceAsync);

    public EmptyCalls EmptyCalls => emptyCalls ??= new EmptyCalls(options.CommandServices);

    /// <summary>Starts the bank.</summary>
    public static async Task<Session> StartAsync(string folder, BenchOptions options)
    {
        var data = Path.Combine(folder, "bank");
        Directory.CreateDirectory(data);
        var collector = options.Tracing == TracingMode.Off ? null : new Companion(Collector.Argument);
        BankUnderTest? bank = null;
        try
        {
            bank = await BankUnderTest.StartAsync(data, options, TracingOf(options, collector?.Address));
            var memory = await MemoryWatch.StartAsync(bank, RedisOf(bank));
            return new Session(folder, bank, memory, collector, options);
        }
        catch
        {
            await (bank?.DisposeAsync() ?? default);
            collector?.Dispose();
            throw;
        }
    }

    public async Task<Postgres> PostgresAsync() =>
        postgres ??= await Postgres.StartAsync(Path.Combine(folder, "postgres"));

    /// <summary>Compares the books.</summary>
    public Task<CheckResult> CheckAsync() =>
        new LedgerCheck(ledger[0], queries[0], Witness.Population, Witness.Acknowledged).RunAsync();

    /// <summary>The machine, and what ran on it.</summary>
    public async Task<Machine> MachineAsync() =>
        Machine.Look(Bank, await Memory.RedisVersionAsync(), postgres?.Version);

    public async ValueTask DisposeAsync()
    {
        RawKafka.Dispose();
        emptyCalls?.Dispose();
        postgres?.Dispose();
        foreach (var connections in new[] { unary, streams, ledger, queries })
        {
            connections.Dispose();
        }
        await Memory.DisposeAsync();
        await Bank.DisposeAsync();
        collector?.Dispose();
    }

    private static string RedisOf(BankUnderTest bank) => bank.Variable("command-service", "ConnectionStrings__redis");

    /// <summary>The variables that make the services tell about themselves, or not.</summary>
    private static Dictionary<string, string> TracingOf(BenchOptions options, Uri? collector)
    {
        // In Development everything would be sampled and sent every second.
        var environment = options.Tracing == TracingMode.Always ? "Development" : "Production";
        var variables = new Dictionary<string, string>
        {
            ["ASPNETCORE_ENVIRONMENT"] = environment,
            ["DOTNET_ENVIRONMENT"] = environment,
        };
        if (collector is not null)
        {
            // The AppHost's processes inherit them: the collector takes the place of a dashboard.
            variables["OTEL_EXPORTER_OTLP_ENDPOINT"] = collector.ToString().TrimEnd('/');
            variables["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf";
        }
        return variables;
    }
}
