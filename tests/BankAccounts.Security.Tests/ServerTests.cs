using System.Collections.Concurrent;
using Confluent.Kafka;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using StackExchange.Redis;

namespace BankAccounts.Security.Tests;

/// <summary>Which Kafka and which Redis are believed to be the bank's.</summary>
[Collection(OneSecureBank.Name)]
public sealed class ServerTests(SecureBank bank)
{
    [Theory]
    [InlineData("people", "password=" + SecureBank.RedisPassword, true)]
    [InlineData("people", "password=wrong", false)]
    [InlineData("people", "password=" + SecureBank.RedisPassword + ",sslHost=elsewhere", false)]
    [InlineData("stranger", "password=" + SecureBank.RedisPassword, false)]
    [InlineData(null, "password=" + SecureBank.RedisPassword + ",ssl=true", false)]
    public async Task Redis_must_come_from_its_authority_have_its_name_and_take_the_password(
        string? authorities, string options, bool isTaken)
    {
        var builder = WebApplication.CreateBuilder();
        builder.Logging.ClearProviders();
        builder.Configuration["ConnectionStrings:redis"] =
            $"localhost:{bank.Redis.Port},connectTimeout=1000,connectRetry=1,{options}";
        builder.Configuration["Bank:Security:RedisCaFile"] = authorities is null ? null : bank.FileOf(authorities);
        builder.AddBankRedis();
        await using var app = builder.Build();
        var redis = app.Services.GetRequiredService<IConnectionMultiplexer>();

        if (isTaken)
        {
            // A first handshake may take longer than the time in which a wrong one should give up.
            await Eventually.BecomesTrue(() => Task.FromResult(redis.IsConnected), "it is connected");
            Assert.True(await redis.GetDatabase().StringSetAsync("security-tests", "there"));
        }
        else
        {
            await Assert.ThrowsAnyAsync<RedisException>(() => redis.GetDatabase().StringSetAsync("security-tests", "there"));
        }
    }

    [Theory]
    [InlineData("people", true, true)]
    [InlineData("stranger", true, false)]
    [InlineData("people", false, false)]
    public async Task Kafka_must_come_from_its_authority_and_wants_a_certificate_itself(
        string authorities, bool hasCertificate, bool isTaken)
    {
        var config = new ProducerConfig
        {
            BootstrapServers = bank.Kafka.Address,
            SecurityProtocol = SecurityProtocol.Ssl,
            SslCaLocation = bank.FileOf(authorities),
            SslCertificateLocation = hasCertificate ? bank.FileOf("service") : null,
            SslKeyLocation = hasCertificate ? bank.FileOf("service", "key") : null,
            ApiVersionRequest = false,
            BrokerVersionFallback = "0.9.0.1",
        };
        var errors = new ConcurrentQueue<Error>();
        using var admin = new AdminClientBuilder(config)
            .SetErrorHandler((_, error) => errors.Enqueue(error))
            .SetLogHandler((_, _) => { })
            .Build();

        if (isTaken)
        {
            Assert.Single(admin.GetMetadata(TimeSpan.FromSeconds(20)).Brokers);
        }
        else
        {
            Assert.Throws<KafkaException>(() => admin.GetMetadata(TimeSpan.FromSeconds(2)));
            await Eventually.BecomesTrue(
                () => Task.FromResult(errors.Any(
                    error => error.Code is ErrorCode.Local_Ssl or ErrorCode.Local_AllBrokersDown)),
                "the client says why");
        }
    }
}
