using System.Globalization;
using BankAccounts.AppHost;
using BankAccounts.AppHost.Commands;
using BankAccounts.AppHost.Engines;
using BankAccounts.AppHost.Engines.Kafka;

try
{
    var builder = DistributedApplication.CreateBuilder(BankSettings.CompleteFlags(args));
    var bank = BankSettings.Read(builder.Configuration);
    var count = LogPartitions.Of(builder, "kafka", bank);
    var partitions = count.ToString(CultureInfo.InvariantCulture);

    // The log, which is the truth, and the answers, which can be built again from it.
    var kafka = builder.AddBankKafka("kafka", bank);
    var redis = builder.AddBankRedis("redis", bank);

    // gRPC in: appends what is asked to the log, and answers with what was decided.
    builder.AddProject<Projects.CommandService>("command-service")
        .WithReplicas(bank.CommandServices)
        .WithKafka(kafka).WaitFor(kafka)
        .WithReference(redis).WaitFor(redis)
        .WithEnvironment("Bank__PartitionCount", partitions)
        .WithHttpHealthCheck("/health", endpointName: "health")
        .WithAccountCommands(bank);

    // A consumer group: each partition is folded by one of them, and its answers committed to
    // Redis.
    builder.AddProject<Projects.ProjectionService>("projection-service")
        .WithReplicas(bank.Projectors)
        .WithKafka(kafka).WaitFor(kafka)
        .WithReference(redis).WaitFor(redis)
        .WithEnvironment("Bank__PartitionCount", partitions)
        .WithAccountCache(builder.Configuration, count)
        .WithHttpHealthCheck("/health", endpointName: "health")
        .WithLedgerCommands();

    // gRPC out: reads Redis only.
    builder.AddProject<Projects.QueryService>("query-service")
        .WithReference(redis).WaitFor(redis)
        .WithEnvironment("Bank__PartitionCount", partitions)
        .WithHttpHealthCheck("/health", endpointName: "health");

    builder.RequireFreePorts();
    builder.AnnounceServices();
    builder.Build().Run();
    return 0;
}
catch (BankStartException problem)
{
    Console.Error.WriteLine(problem.Message);
    return 1;
}
