using System.Diagnostics;
using System.Globalization;
using BankAccounts.Tests.Files;
using BankAccounts.Tests.Servers;
using StackExchange.Redis;

namespace BankAccounts.EndToEnd.Tests;

/// <summary>A Redis that may drop keys would make the answers wrong without anybody noticing.</summary>
public sealed class RedisPolicyTests
{
    [Fact]
    public async Task On_a_Redis_that_evicts_ProjectionService_refuses_to_start_and_says_why()
    {
        await using var redis = await RedisServer.Started();
        using (var admin = await ConnectionMultiplexer.ConnectAsync($"{redis.Address},allowAdmin=true"))
        {
            await admin.GetServer(redis.Address).ConfigSetAsync("maxmemory-policy", "allkeys-lru");
        }
        using var service = Start(redis.Address);
        var (output, errors) = (service.StandardOutput.ReadToEndAsync(), service.StandardError.ReadToEndAsync());
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        try
        {
            await service.WaitForExitAsync(patience.Token);
        }
        finally
        {
            service.Kill();
        }
        Assert.Equal(1, service.ExitCode);
        Assert.Contains(
            "Redis has maxmemory-policy allkeys-lru; it must be noeviction", await output + await errors,
            StringComparison.Ordinal);
    }

    /// <summary>The service alone. It gets no further than Redis, so it needs no Kafka.</summary>
    private static Process Start(string redis)
    {
        var output = new DirectoryInfo(AppContext.BaseDirectory);
        var program = RepositoryFiles.PathOf(
            "ProjectionService", "bin", output.Parent!.Name, output.Name, "ProjectionService.dll");
        var start = new ProcessStartInfo("dotnet", [program])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            // Its settings are there. Without them it would end for another reason, if that came first.
            WorkingDirectory = RepositoryFiles.PathOf("ProjectionService"),
        };
        start.Environment["ConnectionStrings__redis"] = redis;
        start.Environment["ConnectionStrings__kafka"] = "127.0.0.1:1";
        start.Environment["Bank__PartitionCount"] = 4.ToString(CultureInfo.InvariantCulture);
        start.Environment["Bank__TopicIsManaged"] = "true";
        start.Environment["Kestrel__Endpoints__http__Url"] = "http://127.0.0.1:0";
        start.Environment["Kestrel__Endpoints__health__Url"] = "http://127.0.0.1:0";
        return Process.Start(start) ?? throw new InvalidOperationException("ProjectionService cannot be started.");
    }
}
