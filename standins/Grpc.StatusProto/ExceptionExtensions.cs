using Google.Rpc;

namespace Grpc.Core;

/// <summary>google.rpc.DebugInfo out of an exception.</summary>
public static class ExceptionExtensions
{
    /// <summary>The type and message as the detail, the stack trace line by line.</summary>
    /// <param name="exception">What went wrong.</param>
    /// <param name="innerDepth">How many inner exceptions are added to the stack at most.</param>
    public static DebugInfo ToRpcDebugInfo(this Exception exception, int innerDepth = 0)
    {
        ArgumentNullException.ThrowIfNull(exception);
        var info = new DebugInfo { Detail = Describe(exception) };
        info.StackEntries.Add(StackLines(exception));
        var inner = exception.InnerException;
        for (var depth = 0; depth < innerDepth && inner is not null; depth++)
        {
            info.StackEntries.Add("InnerException: " + Describe(inner));
            info.StackEntries.Add(StackLines(inner));
            inner = inner.InnerException;
        }

        return info;
    }

    private static string Describe(Exception exception) =>
        $"{exception.GetType().FullName}: {exception.Message}";

    private static string[] StackLines(Exception exception) =>
        exception.StackTrace is { } stack ? stack.ReplaceLineEndings("\n").Split('\n') : [];
}
