using BankAccounts.CommandService.Grpc;
using BankAccounts.CommandService.Log;
using BankAccounts.ServiceDefaults;
using BankAccounts.ServiceDefaults.Kafka;
using Confluent.Kafka;

namespace BankAccounts.CommandService;

/// <summary>What this service is made of.</summary>
public static class CommandServiceSetup
{
    /// <summary>Adds the appender, what it hears decisions with, and the gRPC service's parts.</summary>
    public static void AddCommands(this WebApplicationBuilder builder)
    {
        builder.AddLogProducers();
        builder.AddLogTopic(services => services.GetRequiredService<IProducer<byte[], byte[]>>().Handle);
        builder.Services.AddSingleton<KafkaIsThere>(services =>
        {
            // It is asked for each command.
            var guard = services.GetRequiredService<LogTopicGuard>();
            return () => guard.IsKafkaThere;
        });
        builder.AddCommandCalls();
    }

    /// <summary>Adds what does not depend on how Kafka is reached.</summary>
    public static void AddCommandCalls(this WebApplicationBuilder builder)
    {
        builder.Services.AddOptions<CommandOptions>()
            .BindConfiguration(CommandOptions.Section)
            .ValidateDataAnnotations()
            .ValidateOnStart();
        builder.AddSharedClock();
        builder.Services.AddSingleton<Appender>();
        builder.Services.AddHostedService<DecisionListener>();
        builder.Services.AddHostedService<OverdueCommands>();
        builder.Services.AddHostedService<CommandGauges>();
        builder.Services.AddSingleton<CommandRoom>();
        builder.Services.AddSingleton<CommandReader>();
        builder.Services.AddSingleton<UnaryCalls>();
        builder.Services.AddSingleton<ExecuteCalls>();
    }
}
