using System.Globalization;
using StackExchange.Redis;

namespace BankAccounts.Chaos;

/// <summary>Redis is emptied.</summary>
internal sealed class FlushedRedis : Fault
{
    public override string Name => "redis-flush";

    public override bool LosesRedis => true;

    public override async Task<string> RunAsync(World world, Random random, CancellationToken hurry)
    {
        await world.Bank.Redis.Database.ExecuteAsync("FLUSHALL");
        world.Tally.LostRedis();
        await LastAsync(Seconds(random, 1, 3), hurry);
        return "FLUSHALL";
    }
}

/// <summary>Redis dies, and comes back with nothing.</summary>
internal sealed class KilledRedis : Fault
{
    public override string Name => "redis-kill";

    public override bool LosesRedis => true;

    public override async Task<string> RunAsync(World world, Random random, CancellationToken hurry)
    {
        var redis = world.Bank.Redis;
        redis.ForgetSaved();
        await redis.KillAsync();
        world.Tally.Killed();
        world.Tally.LostRedis();
        try
        {
            await LastAsync(Seconds(random, 0, 3), hurry);
        }
        finally
        {
            await redis.StartAsync();
        }
        return "killed Redis; it came back empty";
    }
}

/// <summary>Redis dies, and comes back as it was some seconds ago.</summary>
internal sealed class RolledBackRedis : Fault
{
    public override string Name => "redis-rollback";

    public override bool LosesRedis => true;

    public override async Task<string> RunAsync(World world, Random random, CancellationToken hurry)
    {
        var redis = world.Bank.Redis;
        await redis.SaveAsync();
        var age = Seconds(random, 2, 6);
        try
        {
            await LastAsync(age, hurry);
            await redis.KillAsync();
            world.Tally.LostRedis();
            await redis.StartAsync();
        }
        finally
        {
            redis.ForgetSaved();
        }
        return string.Create(CultureInfo.InvariantCulture, $"set Redis back by {age.TotalSeconds:F1} s");
    }
}

/// <summary>The keys of one partition are as they were some seconds ago.</summary>
internal sealed class RolledBackPartition : Fault
{
    private const string Take = """
        local taken = {}
        for _, key in ipairs(redis.call('KEYS', ARGV[1])) do
          taken[#taken + 1] = key
          taken[#taken + 1] = redis.call('DUMP', key)
        end
        return taken
        """;

    private const string PutBack = """
        for _, key in ipairs(redis.call('KEYS', ARGV[1])) do
          redis.call('DEL', key)
        end
        for i = 2, #ARGV, 2 do
          redis.call('RESTORE', ARGV[i], 0, ARGV[i + 1])
        end
        """;

    public override string Name => "redis-rollback-partition";

    public override bool LosesRedis => true;

    public override async Task<string> RunAsync(World world, Random random, CancellationToken hurry)
    {
        var partition = random.Next(ChaosBank.Partitions);
        var pattern = string.Create(CultureInfo.InvariantCulture, $"{{bank:{partition}}}*");
        var redis = world.Bank.Redis.Database;
        var taken = (RedisResult[])(await redis.ScriptEvaluateAsync(Take, values: [pattern]))!;
        var age = Seconds(random, 2, 6);
        await LastAsync(age, hurry);
        await redis.ScriptEvaluateAsync(
            PutBack, values: [pattern, .. taken.Select(one => (RedisValue)(byte[])one!)]);
        world.Tally.LostRedis();
        return string.Create(
            CultureInfo.InvariantCulture, $"set partition {partition} back by {age.TotalSeconds:F1} s");
    }
}

/// <summary>Redis has no room for a while.</summary>
internal sealed class FullRedis : Fault
{
    public override string Name => "redis-full";

    public override async Task<string> RunAsync(World world, Random random, CancellationToken hurry)
    {
        var redis = world.Bank.Redis.Database;
        await redis.ExecuteAsync("CONFIG", "SET", "maxmemory", "1mb");
        try
        {
            await LastAsync(Seconds(random, 2, 5), hurry);
        }
        finally
        {
            await redis.ExecuteAsync("CONFIG", "SET", "maxmemory", "0");
        }
        return "maxmemory 1 MB";
    }
}

/// <summary>Redis answers nobody for a while.</summary>
internal sealed class PausedRedis : Fault
{
    public override string Name => "redis-pause";

    public override async Task<string> RunAsync(World world, Random random, CancellationToken hurry)
    {
        var time = Seconds(random, 1, 4);
        await world.Bank.Redis.Database.ExecuteAsync("CLIENT", "PAUSE", (long)time.TotalMilliseconds, "ALL");
        await LastAsync(time, CancellationToken.None);
        return string.Create(CultureInfo.InvariantCulture, $"CLIENT PAUSE for {time.TotalSeconds:F1} s");
    }
}
