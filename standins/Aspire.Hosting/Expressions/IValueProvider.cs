namespace Aspire.Hosting.ApplicationModel;

/// <summary>A value that is known only once the application runs.</summary>
public interface IValueProvider
{
    ValueTask<string?> GetValueAsync(CancellationToken cancellationToken = default);

    ValueTask<string?> GetValueAsync(ValueProviderContext context, CancellationToken cancellationToken = default)
        => GetValueAsync(cancellationToken);
}

/// <summary>Who asks for a value.</summary>
public class ValueProviderContext
{
    public DistributedApplicationExecutionContext? ExecutionContext { get; init; }

    /// <summary>The resource for which the value is wanted.</summary>
    public IResource? Caller { get; init; }
}

/// <summary>
/// A value that has a name in a published manifest, such as <c>{redis.bindings.tcp.port}</c>.
/// </summary>
public interface IManifestExpressionProvider
{
    string ValueExpression { get; }
}

/// <summary>A value that is made out of others.</summary>
public interface IValueWithReferences
{
    IEnumerable<object> References { get; }
}
