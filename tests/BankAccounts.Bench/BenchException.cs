namespace BankAccounts.Bench;

/// <summary>The run cannot go on, for a reason that the person who started it can do something about.</summary>
public sealed class BenchException : Exception
{
    public BenchException()
    {
    }

    public BenchException(string message)
        : base(message)
    {
    }

    public BenchException(string message, Exception inner)
        : base(message, inner)
    {
    }
}
