using System.Globalization;
using System.Text.RegularExpressions;
using BankAccounts.Tests.Files;
using Grpc.Core;

namespace BankAccounts.Fuzz;

/// <summary>Which answers are clear: what docs/ERRORS.md promises to callers, read from that page.</summary>
internal sealed partial class Verdicts
{
    private const string Domain = "bankaccounts";

    /// <summary>The reasons of the page, each with its status.</summary>
    private readonly Dictionary<string, string> documented = Row()
        .Matches(File.ReadAllText(RepositoryFiles.PathOf("docs", "ERRORS.md")))
        .ToDictionary(row => row.Groups["reason"].Value, row => row.Groups["status"].Value);

    /// <summary>What is wrong with the answer to a message in a frame that is right; null if nothing is.</summary>
    public string? ProblemOf(WireCall call, WireAnswer? answer)
    {
        if (answer is null)
        {
            return "no answer within the deadline";
        }
        if (answer is { HttpStatus: 200, Code: StatusCode.OK })
        {
            return answer.Details is null ? null : "an OK with details of an error";
        }
        if (answer.HttpStatus != 200 || answer.Code is not { } code)
        {
            // Whoever sends still when his time is up is cut off.
            return answer.HttpStatus == 0 && HasPassed(call, answer) ? null : "no answer of gRPC";
        }
        return answer.Details is null ? ProblemOfBare(call, answer, code) : ProblemOf(answer.Details, code);
    }

    /// <summary>What is wrong with an error that has details, or stands in a stream; null if nothing is.</summary>
    public string? ProblemOf(Google.Rpc.Status status, StatusCode code)
    {
        if (status.GetDetail<Google.Rpc.ErrorInfo>() is not { } info)
        {
            return "details without a reason";
        }
        if (info.Domain != Domain || !documented.TryGetValue(info.Reason, out var name))
        {
            return $"an undocumented reason {info.Domain} {info.Reason}";
        }
        return name == NameOf(code) && status.Code == (int)code
            ? null
            : $"the reason {info.Reason} comes with {name}, and not with {NameOf(code)}";
    }

    /// <summary>Two answers have no reason: gRPC's own to a message that is too large, and to a deadline that has passed.</summary>
    private static string? ProblemOfBare(WireCall call, WireAnswer answer, StatusCode code) => code switch
    {
        StatusCode.ResourceExhausted when call.Body.Length > 1024 * 1024 => null,
        StatusCode.DeadlineExceeded when HasPassed(call, answer) => null,
        _ => $"a {NameOf(code)} without a reason",
    };

    private static bool HasPassed(WireCall call, WireAnswer answer) =>
        call.Timeout > WireCall.NoTimeout && answer.Elapsed >= call.Timeout * 0.9;

    private static string NameOf(StatusCode code) => Capital().Replace(code.ToString(), "_$0").ToUpper(CultureInfo.InvariantCulture);

    [GeneratedRegex(@"^\| `(?<reason>[A-Z_]+)` \| (?<status>[A-Z_]+) \|", RegexOptions.Multiline)]
    private static partial Regex Row();

    [GeneratedRegex("(?<=[a-z])[A-Z]")]
    private static partial Regex Capital();
}
