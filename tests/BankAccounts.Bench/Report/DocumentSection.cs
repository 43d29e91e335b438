namespace BankAccounts.Bench.Report;

/// <summary>A part of a document that is written by a program, between two comments that name it.</summary>
public static class DocumentSection
{
    /// <summary>The document with the part replaced; everything else stays as it is.</summary>
    /// <exception cref="BenchException">The document has no such part.</exception>
    public static string Replace(string document, string name, string content)
    {
        ArgumentNullException.ThrowIfNull(document);
        ArgumentNullException.ThrowIfNull(content);
        var (begin, end) = ($"<!-- begin {name} -->\n", $"<!-- end {name} -->");
        var from = document.IndexOf(begin, StringComparison.Ordinal);
        var to = document.IndexOf(end, StringComparison.Ordinal);
        return from >= 0 && to > from
            ? string.Concat(document.AsSpan(0, from + begin.Length), content.Trim(), "\n", document.AsSpan(to))
            : throw new BenchException($"The document has no part '{name}'.");
    }
}
