using System.Reflection;
using BankAccounts.ServiceDefaults.Redis;
using StackExchange.Redis;

namespace BankAccounts.ServiceDefaults.Tests;

/// <summary>What is asked of a Redis that does not answer. The bound is the process', so this test is alone in it.</summary>
[Collection(AloneInTheProcess.Name)]
public sealed class RedisScriptTests
{
    private static readonly RedisScript Script = new(typeof(RedisScriptTests), "any.lua");

    [Fact]
    public async Task A_Redis_that_owes_too_many_answers_is_asked_no_more_until_it_answers()
    {
        var database = DispatchProxy.Create<IDatabaseAsync, SilentRedis>();
        var redis = (SilentRedis)(object)database;
        for (var number = 0; number < RedisScript.MaxUnanswered; number++)
        {
            // Nobody waits for these any longer, and Redis owes them all the same.
            await Assert.ThrowsAsync<TimeoutException>(() => AskAsync(database));
        }
        await Assert.ThrowsAsync<RedisBusyException>(() => AskAsync(database));
        Assert.Equal(RedisScript.MaxUnanswered, redis.Asked.Count);

        redis.Asked[0].SetException(new TimeoutException());
        await Assert.ThrowsAsync<TimeoutException>(() => AskAsync(database));
        await Assert.ThrowsAsync<RedisBusyException>(() => AskAsync(database));
        redis.Asked.ForEach(question => question.TrySetCanceled());
    }

    private static Task<RedisResult> AskAsync(IDatabaseAsync database) =>
        Script.EvaluateAsync(database, [], [], TimeSpan.Zero, CancellationToken.None);
}
