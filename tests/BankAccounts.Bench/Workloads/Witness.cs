using System.Collections.Concurrent;
using BankAccounts.Bench.Calls;
using BankAccounts.Bench.Checks;

namespace BankAccounts.Bench.Workloads;

/// <summary>Writes down what became of every command of one minor unit, for the check at the end of the run.</summary>
public sealed class Witness(Population population, Acknowledgements acknowledged)
{
    private readonly ConcurrentDictionary<string, long> errors = new();

    public Population Population => population;

    public Acknowledgements Acknowledged => acknowledged;

    /// <summary>What was not accepted, by its reason.</summary>
    public IReadOnlyDictionary<string, long> Errors => errors;

    /// <summary>A command was answered.</summary>
    public void Answered(CommandKind kind, int account, int other, Answer answer)
    {
        if (answer.Kind == AnswerKind.Error)
        {
            Unknown(kind, account, other, "an error within a stream");
            return;
        }
        acknowledged.Add(answer.Partition, answer.Offset);
        if (answer.Kind == AnswerKind.Pending)
        {
            Unknown(kind, account, other, "still pending when it was answered");
            return;
        }
        population.Accepted(account, ChangeOf(kind));
        if (kind == CommandKind.Transfer)
        {
            population.Accepted(other, 1);
        }
    }

    /// <summary>Nobody knows what became of a command.</summary>
    public void Unknown(CommandKind kind, int account, int other, string reason)
    {
        Failed(reason);
        population.MayChange(account, ChangeOf(kind));
        if (kind == CommandKind.Transfer)
        {
            population.MayChange(other, 1);
        }
    }

    /// <summary>A command had no effect.</summary>
    public void Failed(string reason) => errors.AddOrUpdate(reason, 1, (_, count) => count + 1);

    private static long ChangeOf(CommandKind kind) => kind == CommandKind.Deposit ? 1 : -1;
}
