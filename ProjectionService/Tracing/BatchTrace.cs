using System.Diagnostics;
using BankAccounts.Log.V1;
using BankAccounts.ProjectionService.Ledger;
using BankAccounts.ServiceDefaults.Tracing;

namespace BankAccounts.ProjectionService.Tracing;

/// <summary>
/// One batch in the traces of its sampled commands. Each of them has a span of its own for the batch,
/// below the command's sending, and below that the scripts that Redis ran for the batch.
/// </summary>
public sealed class BatchTrace
{
    private readonly List<(LedgerRecord Record, Activity Process)> commands = [];
    private readonly List<Activity> scripts = [];

    /// <summary>Takes in a command's span.</summary>
    public void Add(LedgerRecord record, Activity process) => commands.Add((record, process));

    /// <summary>Redis is asked to run a script for the batch.</summary>
    public void BeginScript(string fileName)
    {
        foreach (var (_, process) in commands)
        {
            var script = Spans.Start($"EVALSHA {fileName}", ActivityKind.Client, process.Context)
                ?.SetTag("db.system.name", "redis")
                .SetTag("db.operation.name", "EVALSHA")
                .SetTag("db.stored_procedure.name", fileName);
            if (script is not null)
            {
                scripts.Add(script);
            }
        }
    }

    /// <summary>Redis ran the script.</summary>
    public void EndScript()
    {
        scripts.ForEach(Spans.End);
        scripts.Clear();
    }

    /// <summary>Says of each command what became of it. Balances and amounts are not said.</summary>
    public void Decided(Changes changes)
    {
        var answers = new Dictionary<LogRecord, Answer>(ReferenceEqualityComparer.Instance);
        foreach (var answer in changes.Answers)
        {
            answers[answer.To] = answer;
        }
        foreach (var (record, process) in commands)
        {
            if (answers.TryGetValue(record.Readable!, out var answer))
            {
                process
                    .SetTag("bank.outcome", AnswerNames.OutcomeOf(answer))
                    .SetTag("bank.reason", AnswerNames.Of(answer));
            }
        }
    }

    /// <summary>The batch is in Redis.</summary>
    public void End()
    {
        EndScript();
        commands.ForEach(command => Spans.End(command.Process));
    }

    /// <summary>The batch is not in Redis, or that is not known. It will be folded again.</summary>
    public void Fail(Exception failure)
    {
        var type = failure.GetType().FullName!;
        scripts.ForEach(script => Spans.Fail(script, type));
        scripts.Clear();
        commands.ForEach(command => Spans.Fail(command.Process, type));
    }
}
