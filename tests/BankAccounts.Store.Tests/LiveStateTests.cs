using BankAccounts.ProjectionService.Grpc;
using BankAccounts.ProjectionService.Verification;
using BankAccounts.ServiceDefaults;
using BankAccounts.ServiceDefaults.Redis;
using Microsoft.Extensions.Options;
using StackExchange.Redis;
using static BankAccounts.Tests.Logs.Records;

namespace BankAccounts.Store.Tests;

/// <summary>Operators read what is live, though a rebuild replaces it meanwhile.</summary>
public sealed class LiveStateTests(Redis redis) : StoreTest(redis)
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task A_generation_that_takes_the_place_of_another_is_read_instead(int times)
    {
        Assert.Equal(times + 1, (await ReadAsync(times))!.Generation);
    }

    [Fact]
    public async Task One_that_is_replaced_again_and_again_is_given_up() =>
        await Assert.ThrowsAsync<GenerationMovedException>(() => ReadAsync(times: 1_000));

    /// <summary>Reads, and so many times the generation moves on after the reader has seen which one is live.</summary>
    private async Task<Chunk?> ReadAsync(int times)
    {
        var generation = 1;
        Move();
        return await new LiveState(Redis.Connection, Options.Create(new BankOptions { RedisTimeout = Redis.Timeout })).ReadAsync(
            Partition,
            keys =>
            {
                if (generation <= times)
                {
                    generation++;
                    Move();
                }
                return [["HGET", keys.Head, "position"]];
            },
            CancellationToken.None);

        // Redis does in order what one connection sends, so nobody has to wait for it.
        void Move()
        {
            Redis.Database.HashSet(
                RedisKeys.Root(Partition), "generation", generation, flags: CommandFlags.FireAndForget);
            Redis.Database.HashSet(
                new RedisKeys(Partition, generation).Head, "position", 0, flags: CommandFlags.FireAndForget);
        }
    }
}
