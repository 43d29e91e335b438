using BankAccounts.Bench.Calls;

namespace BankAccounts.Bench.Workloads;

/// <summary>
/// One message of commands, used again when all of it is answered: its bytes are written in place, and each command
/// keeps its tag.
/// </summary>
internal sealed class CommandBatch
{
    private readonly Witness witness;
    private readonly bool transfers;
    private readonly int firstTag;
    private readonly int commandSize;
    private readonly byte[] message;
    private readonly (CommandKind Kind, int Account, int Other)[] commands;
    private int unanswered;

    /// <param name="witness">What hears the answers.</param>
    /// <param name="transfers">Whether it holds transfers; otherwise deposits and withdrawals.</param>
    /// <param name="number">Which batch of its stream it is, from 0.</param>
    /// <param name="size">Its commands: 1 … 1,000.</param>
    public CommandBatch(Witness witness, bool transfers, int number, int size)
    {
        (this.witness, this.transfers) = (witness, transfers);
        firstTag = Requests.FirstTag + (number * size);
        commandSize = Requests.CommandSize(transfers ? CommandKind.Transfer : CommandKind.Deposit);
        message = new byte[size * commandSize];
        commands = new (CommandKind, int, int)[size];
    }

    /// <summary>When it was sent, by the clock of the run.</summary>
    public TimeSpan SentAt { get; private set; }

    /// <summary>Draws new commands. All of it must have been answered.</summary>
    /// <returns>The message, valid until the next call.</returns>
    public byte[] Fill(TimeSpan now)
    {
        (SentAt, unanswered) = (now, commands.Length);
        for (var i = 0; i < commands.Length; i++)
        {
            commands[i] = Draw();
            Requests.WriteCommand(
                message.AsSpan(i * commandSize, commandSize), firstTag + i, commands[i].Kind,
                witness.Population.IdOf(commands[i].Account), witness.Population.IdOf(commands[i].Other));
        }
        return message;
    }

    /// <summary>A command was answered. Returns whether it was the last one of the batch.</summary>
    public bool Take(int index, Answer answer)
    {
        var (kind, account, other) = commands[index];
        witness.Answered(kind, account, other, answer);
        return --unanswered == 0;
    }

    private (CommandKind Kind, int Account, int Other) Draw()
    {
        var count = witness.Population.Count;
        var account = Random.Shared.Next(count);
        return transfers
            ? (CommandKind.Transfer, account, (account + 1 + Random.Shared.Next(count - 1)) % count)
            : ((Random.Shared.Next() & 1) == 0 ? CommandKind.Deposit : CommandKind.Withdraw, account, account);
    }
}
