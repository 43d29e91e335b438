using System.Globalization;
using Confluent.Kafka;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;

namespace Aspire.Confluent.Kafka;

/// <summary>
/// Healthy when a record can be produced to the topic <c>healthchecks-topic</c> within a second,
/// with the client's own properties.
/// </summary>
internal sealed class KafkaHealthCheck(ClientConfig client) : IHealthCheck, IDisposable
{
    private const string Topic = "healthchecks-topic";

    private readonly Lazy<IProducer<string, string>> _producer = new(() => BuildProducer(client));

    public static void Register(IHostApplicationBuilder builder, string name, ClientConfig client)
    {
        if (!builder.Properties.TryAdd($"Aspire.HealthChecks.{name}", true))
        {
            return;
        }

        // One check for the life of the container, for its producer is costly.
        builder.Services.TryAddKeyedSingleton(name, (_, _) => new KafkaHealthCheck(client));
        builder.Services.AddHealthChecks().Add(new HealthCheckRegistration(
            name,
            services => services.GetRequiredKeyedService<KafkaHealthCheck>(name),
            failureStatus: null,
            tags: null));
    }

    public async Task<HealthCheckResult> CheckHealthAsync(
        HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            var now = DateTime.UtcNow.ToString("O", CultureInfo.InvariantCulture);
            var record = new Message<string, string>
            {
                Key = "healthcheck-key",
                Value = $"Check Kafka healthy on {now}",
            };
            var result = await _producer.Value.ProduceAsync(Topic, record, cancellationToken);
            return result.Status == PersistenceStatus.NotPersisted
                ? new HealthCheckResult(
                    context.Registration.FailureStatus,
                    "Message is not persisted or a failure is raised on health check for kafka.")
                : HealthCheckResult.Healthy();
        }
        catch (Exception error) when (!cancellationToken.IsCancellationRequested)
        {
            return new HealthCheckResult(context.Registration.FailureStatus, exception: error);
        }
    }

    public void Dispose()
    {
        if (_producer.IsValueCreated)
        {
            _producer.Value.Dispose();
        }
    }

    private static IProducer<string, string> BuildProducer(ClientConfig client)
    {
        var config = new ProducerConfig();
        foreach (var (property, value) in client)
        {
            config.Set(property, value);
        }

        config.SocketTimeoutMs = 1000;
        config.MessageTimeoutMs = 1000;
        config.StatisticsIntervalMs = 0;
        return new ProducerBuilder<string, string>(config).Build();
    }
}
