using BankAccounts.ServiceDefaults.Kafka;
using Confluent.Kafka;

namespace BankAccounts.ServiceDefaults.Tests;

/// <summary>A log that begins to forget is told of, and stays so until it is put right.</summary>
public sealed class RetentionWatchTests
{
    private readonly LogLines<RetentionWatch> lines = new();
    private Func<string?> topic = () => null;

    [Fact]
    public async Task A_problem_is_told_once_and_stays_while_Kafka_does_not_answer()
    {
        var watch = new RetentionWatch(() => Task.FromResult(topic()), lines);
        await watch.LookAsync();
        Assert.Null(watch.Problem);

        topic = () => "retention.ms=1000";
        await watch.LookAsync();
        await watch.LookAsync();
        Assert.Equal("retention.ms=1000", watch.Problem);
        Assert.Equal([1014], lines.Written.Select(line => line.Id));

        topic = () => throw new KafkaException(ErrorCode.Local_TimedOut);
        await watch.LookAsync();
        Assert.Equal("retention.ms=1000", watch.Problem);
        Assert.Equal([1014, 1015], lines.Written.Select(line => line.Id));

        topic = () => null;
        await watch.LookAsync();
        Assert.Null(watch.Problem);
    }
}
