namespace BankAccounts.ProjectionService.Redis;

/// <summary>
/// Packs Redis commands: an array of commands, each an array of a name, a key and arguments. Arguments for one key go
/// into as few commands as their bound allows.
/// </summary>
public sealed class CommandPack : IDisposable
{
    /// <summary>The most arguments of one command: Lua can unpack some thousands onto its stack.</summary>
    private const int MaxArguments = 2_000;

    private readonly MessagePack pack = new();
    private readonly int commands;
    private int commandCount;
    private int current;
    private int argumentCount;
    private string name = string.Empty;
    private string key = string.Empty;

    /// <summary>A pack of no commands.</summary>
    public CommandPack() => commands = pack.BeginArray();

    /// <summary>A copy of the commands, of exactly their length.</summary>
    public byte[] ToArray()
    {
        Close();
        pack.SetCount(commands, commandCount);
        return pack.ToArray();
    }

    /// <summary>What follows is for this command and key. Without arguments there is no command.</summary>
    public void For(string command, string redisKey)
    {
        if (name == command && key == redisKey)
        {
            return;
        }
        Close();
        (name, key) = (command, redisKey);
    }

    /// <summary>So many arguments follow, which belong to the same command.</summary>
    public MessagePack Arguments(int count)
    {
        if (argumentCount + count > MaxArguments)
        {
            Close();
        }
        if (argumentCount == 0)
        {
            Open();
        }
        argumentCount += count;
        return pack;
    }

    /// <summary>A command that has nothing but its key.</summary>
    public void Bare(string command, string redisKey)
    {
        Close();
        (name, key) = (command, redisKey);
        Open();
        pack.SetCount(current, 2);
    }

    /// <inheritdoc/>
    public void Dispose() => pack.Dispose();

    private void Open()
    {
        current = pack.BeginArray();
        pack.Text(name).Text(key);
        commandCount++;
    }

    private void Close()
    {
        if (argumentCount > 0)
        {
            pack.SetCount(current, 2 + argumentCount);
            argumentCount = 0;
        }
    }
}
