using System.Text;
using System.Text.RegularExpressions;

namespace BankAccounts.EndToEnd.Tests.Tour;

/// <summary>One grpcurl command of a document, and the output that the document shows for it.</summary>
/// <param name="Address">Host and port.</param>
/// <param name="Method"><c>list</c>, or service and method.</param>
/// <param name="Request">The request as JSON.</param>
/// <param name="Shown">The lines shown, without blank ones at the end.</param>
public sealed partial record TourStep(string Address, string Method, string Request, string Shown)
{
    private const string Prompt = "$ ";

    /// <summary>Whether the document shows an error.</summary>
    public bool IsRefused => Shown.StartsWith("ERROR:\n", StringComparison.Ordinal);

    /// <summary>The steps in the <c>console</c> blocks of a Markdown document, in their order.</summary>
    /// <exception cref="FormatException">A block holds something else than grpcurl and its output.</exception>
    public static IReadOnlyList<TourStep> ReadAll(string markdown) =>
    [
        .. ConsoleBlock().Matches(markdown)
            .SelectMany(block => Commands(block.Groups["text"].Value)),
    ];

    private static IEnumerable<TourStep> Commands(string block)
    {
        var starts = CommandStart().Matches(block).Select(match => match.Index).ToList();
        if (starts.FirstOrDefault(-1) != 0)
        {
            throw new FormatException($"A console block begins with a command:\n{block}");
        }
        return starts.Zip([.. starts.Skip(1), block.Length], (start, end) => Read(block[start..end]));
    }

    private static TourStep Read(string text)
    {
        var joined = text[Prompt.Length..].Replace("\\\n", " ", StringComparison.Ordinal);
        var (words, shown) = SplitCommand(joined);
        if (words is not ["grpcurl", "-plaintext", .. var arguments])
        {
            throw new FormatException($"Not a command that can be played: {joined}");
        }
        return arguments switch
        {
            ["-d", var json, var address, var method] => new(address, method, json, shown),
            [var address, var method] => new(address, method, "{}", shown),
            _ => throw new FormatException($"Not arguments that can be played: {joined}"),
        };
    }

    /// <summary>The words up to the first line feed that is not quoted, as a shell takes them.</summary>
    private static (List<string> Words, string Output) SplitCommand(string text)
    {
        var words = new List<string>();
        var word = new StringBuilder();
        var quoted = false;
        var index = 0;
        for (; index < text.Length && (quoted || text[index] != '\n'); index++)
        {
            if (text[index] == '\'')
            {
                quoted = !quoted;
            }
            else if (quoted || text[index] != ' ')
            {
                word.Append(text[index]);
            }
            else
            {
                EndWord();
            }
        }
        EndWord();
        return (words, text[index..].Trim('\n'));

        void EndWord()
        {
            if (word.Length > 0)
            {
                words.Add(word.ToString());
                word.Clear();
            }
        }
    }

    [GeneratedRegex(@"^```console\n(?<text>.*?)^```$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex ConsoleBlock();

    [GeneratedRegex(@"^\$ ", RegexOptions.Multiline)]
    private static partial Regex CommandStart();
}
