namespace Aspire.Hosting.ApplicationModel;

/// <summary>Redis in a container, which cannot be started here.</summary>
public class RedisResource(string name) : ContainerResource(name), IResourceWithConnectionString
{
    internal const string PrimaryEndpointName = "tcp";
    private EndpointReference? _primaryEndpoint;

    public RedisResource(string name, ParameterResource password)
        : this(name)
        => PasswordParameter = password;

    public EndpointReference PrimaryEndpoint => _primaryEndpoint ??= new(this, PrimaryEndpointName);

    public EndpointReferenceExpression Host => PrimaryEndpoint.Property(EndpointProperty.Host);

    public EndpointReferenceExpression Port => PrimaryEndpoint.Property(EndpointProperty.Port);

    public ParameterResource? PasswordParameter { get; internal set; }

    /// <summary><c>localhost:{port},password={password}</c></summary>
    public ReferenceExpression ConnectionStringExpression
    {
        get
        {
            var expression = new ReferenceExpressionBuilder();
            expression.AppendFormatted(PrimaryEndpoint.Property(EndpointProperty.HostAndPort));
            if (PasswordParameter is { } password)
            {
                expression.AppendLiteral(",password=");
                expression.AppendFormatted(password);
            }
            return expression.Build();
        }
    }

    /// <summary><c>redis://:{password}@{host}:{port}</c></summary>
    public ReferenceExpression UriExpression
    {
        get
        {
            var expression = new ReferenceExpressionBuilder();
            expression.AppendLiteral("redis://");
            if (PasswordParameter is { } password)
            {
                expression.AppendLiteral(":");
                expression.AppendFormatted(password, "uri");
                expression.AppendLiteral("@");
            }
            expression.AppendFormatted(PrimaryEndpoint.Property(EndpointProperty.HostAndPort));
            return expression.Build();
        }
    }

    IEnumerable<KeyValuePair<string, ReferenceExpression>> IResourceWithConnectionString.GetConnectionProperties()
    {
        yield return new("Host", ReferenceExpression.Create($"{Host}"));
        yield return new("Port", ReferenceExpression.Create($"{Port}"));
        if (PasswordParameter is { } password)
        {
            yield return new("Password", ReferenceExpression.Create($"{password}"));
        }
        yield return new("Uri", UriExpression);
    }
}
