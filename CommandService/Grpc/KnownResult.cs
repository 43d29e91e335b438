using BankAccounts.V1;
using Status = Google.Rpc.Status;

namespace BankAccounts.CommandService.Grpc;

/// <summary>What is known of a command of a stream: it was appended, or here is the error why not.</summary>
/// <param name="Tag">The caller's name for it.</param>
/// <param name="Command">The command, if it was appended.</param>
/// <param name="Error">Why it was not appended, otherwise.</param>
/// <param name="HoldsPlace">Whether it holds a place until it is written.</param>
internal readonly record struct KnownResult(ulong Tag, StreamedCommand? Command, Status? Error, bool HoldsPlace)
{
    /// <summary>As the caller is told.</summary>
    public CommandResult Result() => Command is not null
        ? CommandAnswers.ResultOf(Tag, Command)
        : new CommandResult { Tag = Tag, Error = Error };
}
