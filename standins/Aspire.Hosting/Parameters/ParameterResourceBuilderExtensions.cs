using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Configuration;

namespace Aspire.Hosting;

/// <summary>Adds values from outside.</summary>
public static class ParameterResourceBuilderExtensions
{
    /// <summary>A value from the configuration key <c>Parameters:{name}</c>.</summary>
    public static IResourceBuilder<ParameterResource> AddParameter(
        this IDistributedApplicationBuilder builder, [ResourceName] string name, bool secret = false)
        => AddFromConfiguration(builder, name, parameterDefault: null, secret);

    /// <summary>A value that configuration does not override.</summary>
    public static IResourceBuilder<ParameterResource> AddParameter(
        this IDistributedApplicationBuilder builder,
        [ResourceName] string name,
        string value,
        bool publishValueAsDefault = false,
        bool secret = false)
        => builder.AddParameter(name, () => value, publishValueAsDefault, secret);

    /// <inheritdoc cref="AddParameter(IDistributedApplicationBuilder, string, string, bool, bool)"/>
    public static IResourceBuilder<ParameterResource> AddParameter(
        this IDistributedApplicationBuilder builder,
        string name,
        Func<string> valueGetter,
        bool publishValueAsDefault = false,
        bool secret = false)
    {
        if (publishValueAsDefault && secret)
        {
            throw new ArgumentException(
                "A parameter cannot be both secret and published as a default value.", nameof(secret));
        }
        return builder.AddState(new ParameterResource(name, _ => valueGetter(), secret));
    }

    /// <summary>A value from a configuration key of another name.</summary>
    public static IResourceBuilder<ParameterResource> AddParameterFromConfiguration(
        this IDistributedApplicationBuilder builder,
        [ResourceName] string name,
        string configurationKey,
        bool secret = false)
        => builder.AddState(new ParameterResource(
            name, _ => Find(builder, name, configurationKey, parameterDefault: null), secret));

    /// <summary>
    /// A connection string that configuration gives: <c>ConnectionStrings:{name}</c>.
    /// </summary>
    public static IResourceBuilder<IResourceWithConnectionString> AddConnectionString(
        this IDistributedApplicationBuilder builder,
        [ResourceName] string name,
        string? environmentVariableName = null)
        => builder.AddState(new ConnectionStringParameterResource(
            name,
            _ => builder.Configuration.GetConnectionString(name)
                ?? throw new MissingParameterValueException(
                    $"Connection string parameter resource could not be used because connection string '{name}' is missing."),
            environmentVariableName));

    /// <summary>
    /// A secret that is made up in every run unless configuration gives <c>Parameters:{name}</c>.
    /// </summary>
    public static ParameterResource CreateDefaultPasswordParameter(
        IDistributedApplicationBuilder builder,
        string name,
        bool lower = true,
        bool upper = true,
        bool numeric = true,
        bool special = true,
        int minLower = 0,
        int minUpper = 0,
        int minNumeric = 0,
        int minSpecial = 0)
    {
        var parameterDefault = new GenerateParameterDefault
        {
            MinLength = 22,
            Lower = lower,
            Upper = upper,
            Numeric = numeric,
            Special = special,
            MinLower = minLower,
            MinUpper = minUpper,
            MinNumeric = minNumeric,
            MinSpecial = minSpecial,
        };
        return new ParameterResource(name, value => Find(builder, name, $"Parameters:{name}", value), secret: true)
        {
            Default = parameterDefault,
        };
    }

    private static IResourceBuilder<ParameterResource> AddFromConfiguration(
        IDistributedApplicationBuilder builder, string name, ParameterDefault? parameterDefault, bool secret)
        => builder.AddState(new ParameterResource(
            name, value => Find(builder, name, $"Parameters:{name}", value), secret)
        {
            Default = parameterDefault,
        });

    private static string Find(
        IDistributedApplicationBuilder builder, string name, string key, ParameterDefault? parameterDefault)
        => builder.Configuration[key]
            // Hyphens cannot stand in the names of environment variables.
            ?? builder.Configuration[key.Replace('-', '_')]
            ?? parameterDefault?.GetDefaultValue()
            ?? throw new MissingParameterValueException(
                $"Parameter resource could not be used because configuration key '{key}' is missing and the Parameter '{name}' has no default value.");

    private static IResourceBuilder<T> AddState<T>(
        this IDistributedApplicationBuilder builder, T resource)
        where T : ParameterResource
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.AddResource(resource).WithInitialState(new CustomResourceSnapshot
        {
            ResourceType = "Parameter",
            State = KnownResourceStates.NotStarted,
            Properties = [],
        });
    }
}
