using System.Globalization;

namespace Aspire.Dashboard.Otlp;

/// <summary>Attributes as text.</summary>
internal static class Attributes
{
    /// <summary>The value of an attribute; null if there is none of the name.</summary>
    internal static string? Text(IEnumerable<KeyValue>? attributes, string name)
        => attributes?.FirstOrDefault(attribute => attribute.Key == name) is { Value: { } value } ? Text(value) : null;

    internal static string Text(AnyValue value)
        => value.ValueCase switch
        {
            AnyValue.ValueOneofCase.StringValue => value.StringValue,
            AnyValue.ValueOneofCase.BoolValue => value.BoolValue ? "true" : "false",
            AnyValue.ValueOneofCase.IntValue => value.IntValue.ToString(CultureInfo.InvariantCulture),
            AnyValue.ValueOneofCase.DoubleValue => value.DoubleValue.ToString(CultureInfo.InvariantCulture),
            AnyValue.ValueOneofCase.ArrayValue => $"[{string.Join(", ", value.ArrayValue.Values.Select(Text))}]",
            _ => string.Empty,
        };
}
