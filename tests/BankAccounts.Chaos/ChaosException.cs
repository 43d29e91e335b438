namespace BankAccounts.Chaos;

/// <summary>The run cannot go on, or cannot begin; the message is for the person who asked for it.</summary>
internal sealed class ChaosException : Exception
{
    public ChaosException(string message)
        : base(message)
    {
    }

    public ChaosException(string message, Exception cause)
        : base(message, cause)
    {
    }
}
