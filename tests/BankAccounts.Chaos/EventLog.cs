using System.Diagnostics;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace BankAccounts.Chaos;

/// <summary>
/// What the driver did and saw, a JSON line per event, written before the next step is taken: the checker's only word
/// from the callers' side. Times are microseconds of one clock since the start.
/// </summary>
internal sealed class EventLog : IDisposable
{
    private static readonly JsonSerializerOptions Form = new()
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
    };

    private readonly Lock gate = new();
    private readonly StreamWriter file;
    private readonly Stopwatch clock = Stopwatch.StartNew();
    private long operations;

    public EventLog(string path) => file = new StreamWriter(path) { AutoFlush = true };

    /// <summary>Microseconds since the start.</summary>
    public long Now => (long)clock.Elapsed.TotalMicroseconds;

    /// <summary>How many commands were invoked.</summary>
    public long Operations => Volatile.Read(ref operations);

    /// <summary>A command is about to be sent. The result is the number of the operation.</summary>
    public long Invoked(int client, Asked asked)
    {
        lock (gate)
        {
            var id = ++operations;
            Write(new
            {
                Event = "invoke",
                Id = id,
                T = Now,
                Client = client,
                asked.Kind,
                asked.Account,
                asked.To,
                asked.Amount,
                asked.Currency,
                asked.Description,
                asked.Holder,
                asked.Request,
            });
            return id;
        }
    }

    /// <summary>What became of a command, as its caller was told.</summary>
    public void Returned(long id, Answer answer) => Note(new
    {
        Event = "return",
        Id = id,
        T = Now,
        answer.Outcome,
        answer.Reason,
        answer.Balance,
        answer.Version,
        answer.Partition,
        answer.Offset,
        answer.Account,
    });

    /// <summary>Anything else; it has a property Event.</summary>
    public void Note<T>(T happened)
    {
        lock (gate)
        {
            Write(happened);
        }
    }

    public void Dispose() => file.Dispose();

    private void Write<T>(T happened) => file.WriteLine(JsonSerializer.Serialize(happened, Form));
}
