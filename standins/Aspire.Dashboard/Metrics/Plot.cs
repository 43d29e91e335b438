namespace Aspire.Dashboard.Metrics;

/// <summary>A plot: lines over the last minutes.</summary>
internal sealed record Plot
{
    public required string Title { get; init; }

    public string Unit { get; init; } = string.Empty;

    public required IReadOnlyList<PlotLine> Lines { get; init; }
}

/// <summary>A line: one number out of all measurements of a metric.</summary>
internal sealed record PlotLine
{
    public required string Label { get; init; }

    public required string Metric { get; init; }

    public required LineKind Show { get; init; }

    /// <summary>What the value is multiplied with, for example 1,000 to show seconds as milliseconds.</summary>
    public double Factor { get; init; } = 1;

    /// <summary>Attributes that a measurement must have to count.</summary>
    public IReadOnlyDictionary<string, string> Where { get; init; } = new Dictionary<string, string>();
}

/// <summary>What a line shows of its metric.</summary>
internal enum LineKind
{
    /// <summary>Of a sum: by how much it grows in a second, over all processes.</summary>
    Rate,

    /// <summary>Of a gauge: the sum over all processes and attributes.</summary>
    Sum,

    /// <summary>Of a gauge: the greatest one.</summary>
    Max,

    /// <summary>Of a histogram: what half of the values were below, lately.</summary>
    P50,

    /// <summary>Of a histogram: what 99 in 100 values were below, lately.</summary>
    P99,
}
