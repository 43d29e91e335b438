using BankAccounts.ProjectionService.Grpc;
using BankAccounts.ProjectionService.Verification;
using BankAccounts.ServiceDefaults;
using BankAccounts.ServiceDefaults.Redis;
using Microsoft.Extensions.Options;
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
        await MoveAsync();
        return await new LiveState(Redis.Connection, Options.Create(new BankOptions { RedisTimeout = Redis.Timeout })).ReadAsync(
            Partition,
            keys =>
            {
                if (generation <= times)
                {
                    generation++;
                    MoveAsync().GetAwaiter().GetResult();
                }
                return [["HGET", keys.Head, "position"]];
            },
            CancellationToken.None);

        async Task MoveAsync()
        {
            await Redis.Database.HashSetAsync(RedisKeys.Root(Partition), "generation", generation);
            await Redis.Database.HashSetAsync(new RedisKeys(Partition, generation).Head, "position", 0);
        }
    }
}
