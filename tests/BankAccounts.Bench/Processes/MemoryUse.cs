using System.Globalization;
using StackExchange.Redis;

namespace BankAccounts.Bench.Processes;

/// <summary>What the bank keeps in memory at one moment.</summary>
/// <param name="ResidentByKind">Bytes that are resident, by the kind of process, all replicas together.</param>
/// <param name="RedisBytes">Bytes that Redis has allocated for its data.</param>
public sealed record MemoryUse(IReadOnlyDictionary<string, long> ResidentByKind, long RedisBytes);

/// <summary>Looks at the memory of a bank.</summary>
internal sealed class MemoryWatch : IAsyncDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    private readonly BankUnderTest bank;
    private readonly ConnectionMultiplexer redis;

    private MemoryWatch(BankUnderTest bank, ConnectionMultiplexer redis) => (this.bank, this.redis) = (bank, redis);

    public static async Task<MemoryWatch> StartAsync(BankUnderTest bank, string connectionString) =>
        new(bank, await ConnectionMultiplexer.ConnectAsync($"{connectionString},allowAdmin=true"));

    /// <summary>The version of Redis.</summary>
    public async Task<string> RedisVersionAsync() => await InfoAsync("server", "redis_version");

    public async Task<MemoryUse> LookAsync() => new(
        Resident(), long.Parse(await InfoAsync("memory", "used_memory"), CultureInfo.InvariantCulture));

    /// <summary>The most that processes of each kind had resident while something ran.</summary>
    public async Task<IReadOnlyDictionary<string, long>> PeakWhileAsync(Task running)
    {
        var peak = Resident();
        while (!running.IsCompleted)
        {
            await Task.WhenAny(running, Task.Delay(Interval));
            foreach (var (kind, bytes) in Resident())
            {
                peak[kind] = Math.Max(peak[kind], bytes);
            }
        }
        return peak;
    }

    public async ValueTask DisposeAsync() => await redis.CloseAsync();

    private Dictionary<string, long> Resident() => bank.Processes.GroupBy(process => process.Kind).ToDictionary(
        kind => kind.Key, kind => kind.Sum(process => ProcessTable.ResidentBytesOf(process.Id)));

    private async Task<string> InfoAsync(string section, string name)
    {
        var groups = await redis.GetServer(redis.GetEndPoints()[0]).InfoAsync(section);
        return groups.SelectMany(group => group).First(entry => entry.Key == name).Value;
    }
}
