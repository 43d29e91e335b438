using BankAccounts.V1;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Google.Rpc;
using Grpc.Core;

namespace BankAccounts.Fuzz;

/// <summary>
/// Messages in frames that are right: well-formed ones whose fields go through their bounds and beyond, and bytes that
/// are no message any more.
/// </summary>
internal sealed class MessageCases(WireCaller caller, Verdicts verdicts, Seen seen, Books books, Findings findings)
{
    private const int ShownBytes = 100;

    private static readonly TimeSpan ForCommands = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan ForReads = TimeSpan.FromMilliseconds(300);

    public async Task RunAsync(string name, Random random, bool isMutated)
    {
        var (service, method) = Methods.Any(random);
        var messages = Enumerable.Range(0, method.IsClientStreaming ? random.Next(1, 4) : 1)
            .Select(_ => WireMutations.Encode(new MessageMaker(seen, random).Make(method.InputType), random))
            .Select(bytes => isMutated ? WireMutations.Mutate(bytes, random) : bytes)
            .ToList();
        var call = new WireCall(service, Methods.PathOf(method), [.. messages.SelectMany(bytes => WireCall.Frame(bytes))])
        {
            Timeout = service == BankService.Query ? ForReads : ForCommands,
        };
        var answer = await caller.SendAsync(call);
        if (verdicts.ProblemOf(call, answer) is { } problem)
        {
            Add(name, method, messages[0], $"{problem}: {answer}");
        }
        try
        {
            Note(method, messages, answer, random);
        }
        catch (InvalidProtocolBufferException malformed)
        {
            Add(name, method, messages[0], $"something malformed was taken, or answered: {malformed.Message}");
        }
    }

    private void Note(MethodDescriptor method, List<byte[]> messages, WireAnswer? answer, Random random)
    {
        var isGood = answer is { Code: StatusCode.OK };
        var requests = Parsed(method.InputType, messages, mustParse: isGood);
        var responses = Parsed(method.OutputType, answer?.Messages ?? [], mustParse: true);
        // A stream is good whatever became of its commands.
        foreach (var message in isGood && !method.IsClientStreaming ? responses.Concat(requests) : responses)
        {
            seen.Learn(message, random);
        }
        if (method.InputType == ExecuteRequest.Descriptor)
        {
            NoteBatches(
                [.. requests.Cast<ExecuteRequest>().SelectMany(batch => batch.Commands)],
                [.. responses.Cast<ExecuteResponse>().SelectMany(batch => batch.Results)],
                isOver: answer?.Code is StatusCode.OK or StatusCode.InvalidArgument or StatusCode.ResourceExhausted);
        }
        else if (DecisionOf(responses.FirstOrDefault()) is { } decision && method.Service.Name == nameof(CommandService))
        {
            books.Decided(requests[0], decision);
        }
        else if (requests.Count == 1 && !IsWithoutEffect(answer?.Code, answer?.Info))
        {
            books.Unknown(requests[0]);
        }
    }

    /// <summary>
    /// A result belongs to the one command that has its tag; if several have it, nobody knows to which. Once a stream is
    /// over, what was not answered was not appended.
    /// </summary>
    private void NoteBatches(IReadOnlyList<Command> commands, IReadOnlyList<CommandResult> results, bool isOver)
    {
        var byTag = results.ToLookup(result => result.Tag);
        foreach (var same in commands.GroupBy(command => command.Tag))
        {
            var found = byTag[same.Key].ToList();
            var requests = same.Select(Chosen).OfType<IMessage>().ToList();
            if (isOver && found.TrueForAll(IsWithoutEffect))
            {
                continue;
            }
            if (found.Count == 1 && requests.Count == 1 && DecisionOf(Chosen(found[0])) is { } decision)
            {
                books.Decided(requests[0], decision);
            }
            else
            {
                requests.ForEach(books.Unknown);
            }
        }
        foreach (var error in results.Select(result => result.Error).OfType<Google.Rpc.Status>())
        {
            if (verdicts.ProblemOf(error, (StatusCode)error.Code) is { } problem)
            {
                findings.Add($"a result of a batch: {problem}: {error.Message}");
            }
        }
    }

    private static bool IsWithoutEffect(CommandResult result) =>
        result.Error is { } error && IsWithoutEffect((StatusCode)error.Code, error.GetDetail<ErrorInfo>());

    /// <summary>Whether an error says that a command has had no effect and will have none.</summary>
    private static bool IsWithoutEffect(StatusCode? code, ErrorInfo? info) => info is not null
        ? info.Reason != "OUTCOME_UNKNOWN"
        : code is StatusCode.InvalidArgument or StatusCode.ResourceExhausted;

    private void Add(string name, MethodDescriptor method, byte[] message, string problem) => findings.Add(
        $"{name}, {method.FullName}, {message.Length} bytes {Convert.ToHexStringLower(message.AsSpan(0, Math.Min(message.Length, ShownBytes)))}: {problem}");

    private static List<IMessage> Parsed(MessageDescriptor type, IEnumerable<byte[]> messages, bool mustParse)
    {
        var parsed = new List<IMessage>();
        foreach (var bytes in messages)
        {
            try
            {
                parsed.Add(type.Parser.ParseFrom(bytes));
            }
            catch (InvalidProtocolBufferException) when (!mustParse)
            {
                // A service has refused it for that.
            }
        }
        return parsed;
    }

    private static Decision? DecisionOf(IMessage? response) =>
        response?.Descriptor.FindFieldByName("decision") is { } field ? field.Accessor.GetValue(response) as Decision : null;

    /// <summary>What a message has chosen of its one choice.</summary>
    private static IMessage? Chosen(IMessage message) =>
        message.Descriptor.Oneofs[0].Accessor.GetCaseFieldDescriptor(message)?.Accessor.GetValue(message) as IMessage;
}
