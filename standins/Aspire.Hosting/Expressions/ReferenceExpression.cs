using System.Diagnostics;
using System.Globalization;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>
/// An interpolated string whose holes are filled when the application runs:
/// <c>ReferenceExpression.Create($"localhost:{endpoint.Property(EndpointProperty.Port)}")</c>.
/// </summary>
[DebuggerDisplay("{ValueExpression}")]
public partial class ReferenceExpression : IManifestExpressionProvider, IValueProvider, IValueWithReferences
{
    public static readonly ReferenceExpression Empty = new(string.Empty, [], [], []);

    private readonly string[] _manifestExpressions;
    private readonly string?[] _stringFormats;

    private ReferenceExpression(
        string format, IValueProvider[] valueProviders, string[] manifestExpressions, string?[] stringFormats)
    {
        Format = format;
        ValueProviders = valueProviders;
        _manifestExpressions = manifestExpressions;
        _stringFormats = stringFormats;
    }

    /// <summary>A composite format string with one numbered hole per value.</summary>
    public string Format { get; }

    public IReadOnlyList<string> ManifestExpressions => _manifestExpressions;

    /// <summary>Per hole: null, or "uri" for a value that is escaped as a part of a URI.</summary>
    public IReadOnlyList<string?> StringFormats => _stringFormats;

    public IReadOnlyList<IValueProvider> ValueProviders { get; }

    public string ValueExpression
        => string.Format(CultureInfo.InvariantCulture, Format, _manifestExpressions);

    IEnumerable<object> IValueWithReferences.References => ValueProviders;

    public static ReferenceExpression Create(in ExpressionInterpolatedStringHandler handler)
        => handler.GetExpression();

    public ValueTask<string?> GetValueAsync(CancellationToken cancellationToken)
        => GetValueAsync(new ValueProviderContext(), cancellationToken);

    public async ValueTask<string?> GetValueAsync(
        ValueProviderContext context, CancellationToken cancellationToken)
    {
        var values = new object?[ValueProviders.Count];
        for (var i = 0; i < values.Length; i++)
        {
            var value = await ValueProviders[i].GetValueAsync(context, cancellationToken)
                .ConfigureAwait(false);
            values[i] = _stringFormats[i] == "uri" && value is not null ? Uri.EscapeDataString(value) : value;
        }
        return string.Format(CultureInfo.InvariantCulture, Format, values);
    }

    internal static ReferenceExpression Create(string format, IReadOnlyList<Hole> holes)
        => new(
            format,
            [.. holes.Select(hole => hole.Provider)],
            [.. holes.Select(hole => hole.Expression)],
            [.. holes.Select(hole => hole.Format)]);

    /// <summary>One value of an expression.</summary>
    internal readonly record struct Hole(
        IValueProvider Provider, string Expression, string? Format);
}
