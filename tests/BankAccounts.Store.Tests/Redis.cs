using System.Globalization;
using BankAccounts.ProjectionService.Redis;
using BankAccounts.Tests.Logs;
using BankAccounts.Tests.Servers;
using StackExchange.Redis;

namespace BankAccounts.Store.Tests;

[CollectionDefinition(Name)]
public sealed class OneRedis : ICollectionFixture<Redis>
{
    public const string Name = "one redis-server";
}

/// <summary>A redis-server of its own for the whole suite; every test begins with nothing in it.</summary>
public sealed class Redis : IAsyncLifetime
{
    private RedisServer? server;
    private ConnectionMultiplexer? connection;

    /// <summary>Generous: the machine may be busy.</summary>
    public static TimeSpan Timeout { get; } = TimeSpan.FromSeconds(30);

    public IConnectionMultiplexer Connection => connection!;

    public IDatabase Database => connection!.GetDatabase();

    /// <summary>Each call is another owner's view of the same partition.</summary>
    public PartitionStore Store() => new(Database, Records.Partition, Timeout);

    public async Task InitializeAsync()
    {
        server = await RedisServer.Started();
        connection = await ConnectionMultiplexer.ConnectAsync($"{server.Address},syncTimeout=30000");
    }

    public async Task DisposeAsync()
    {
        connection?.Dispose();
        await server!.DisposeAsync();
    }

    public Task ForgetAllAsync() => Database.ExecuteAsync("FLUSHALL");

    /// <summary>Everything in Redis, as it is.</summary>
    public async Task<string> DumpAllAsync()
    {
        var lines = new List<string>();
        foreach (var key in await KeysAsync("*"))
        {
            lines.Add($"{key} {Hex(await Database.KeyDumpAsync(key))}");
        }
        lines.Sort(StringComparer.Ordinal);
        return string.Join('\n', lines);
    }

    /// <summary>The state of a generation, in the words of <see cref="MemoryStore.Dump"/>.</summary>
    public async Task<string> DumpAsync(long generation)
    {
        var prefix = $"{{bank:{Records.Partition}}}:{generation.ToString(CultureInfo.InvariantCulture)}:";
        var lines = new List<string>();
        foreach (var key in await KeysAsync($"{prefix}*"))
        {
            var name = key[prefix.Length..];
            lines.AddRange((await LinesAsync(key, name)).Select(line => $"{name} {line}"));
        }
        lines.Sort(StringComparer.Ordinal);
        return string.Join('\n', lines);
    }

    public async Task<long> GenerationAsync() =>
        (long)await Database.HashGetAsync($"{{bank:{Records.Partition}}}", "generation");

    public async Task<string[]> KeysAsync(string pattern) =>
        (string[])(await Database.ExecuteAsync("KEYS", pattern.Replace("{", @"\{", StringComparison.Ordinal)))!;

    private async Task<IEnumerable<string>> LinesAsync(string key, string name)
    {
        switch (await Database.KeyTypeAsync(key))
        {
            case RedisType.Hash:
                return (await Database.HashGetAllAsync(key)).Select(entry =>
                    $"{(name is "head" ? (string)entry.Name! : Hex(entry.Name))}"
                    + $" {((string?)entry.Name is "position" or "first_request" ? (string)entry.Value! : Hex(entry.Value))}");
            case RedisType.List:
                return (await Database.ListRangeAsync(key)).Select((value, index) =>
                    $"{index.ToString("d6", CultureInfo.InvariantCulture)} {Hex(value)}");
            case RedisType.SortedSet:
                return (await Database.SortedSetRangeByRankWithScoresAsync(key)).Select(entry =>
                    $"{Hex(entry.Element)} {entry.Score.ToString("F0", CultureInfo.InvariantCulture)}");
            case RedisType.String:
                return [Hex(await Database.StringGetAsync(key))];
            case var type:
                throw new InvalidOperationException($"{key} is a {type}.");
        }
    }

    private static string Hex(byte[]? bytes) => Convert.ToHexStringLower(bytes!);

    private static string Hex(RedisValue value) => Hex((byte[]?)value);
}
