using System.Diagnostics.CodeAnalysis;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>A value from outside: configuration, an argument, the environment.</summary>
public class ParameterResource : Resource, IManifestExpressionProvider, IValueProvider
{
    private readonly Lazy<string> _value;

    /// <param name="name">The parameter's name.</param>
    /// <param name="callback">Finds the value; asked once, when the value is first needed.</param>
    /// <param name="secret">Whether the value must not be shown.</param>
    public ParameterResource(
        string name, Func<ParameterDefault?, string> callback, bool secret = false)
        : base(name)
    {
        ArgumentNullException.ThrowIfNull(callback);
        _value = new Lazy<string>(() => callback(Default));
        Secret = secret;
    }

    /// <summary>What stands in for a value that nobody gave.</summary>
    public ParameterDefault? Default { get; set; }

    public bool Secret { get; }

    public bool IsConnectionString { get; set; }

    public string ValueExpression
        => IsConnectionString ? $"{{{Name}.connectionString}}" : $"{{{Name}.value}}";

    /// <exception cref="MissingParameterValueException">Nobody gave a value and there is no default.</exception>
    public ValueTask<string?> GetValueAsync(CancellationToken cancellationToken)
        => new(_value.Value);

    // Said here, so that a parameter that is a connection string does not ask its own expression,
    // which is itself.
    /// <inheritdoc cref="GetValueAsync(CancellationToken)" />
    [SuppressMessage("Naming", "CA1725", Justification = "It is the genuine one's name.")]
    public ValueTask<string?> GetValueAsync(
        ValueProviderContext _, CancellationToken cancellationToken)
        => GetValueAsync(cancellationToken);
}

/// <summary>Makes a value for a parameter that has none.</summary>
public abstract class ParameterDefault
{
    public abstract string GetDefaultValue();
}
