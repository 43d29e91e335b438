namespace Aspire.Dashboard;

/// <summary>Where the dashboard listens and what it asks for. Ports are on loopback; 0 picks a free one.</summary>
internal sealed record DashboardOptions
{
    /// <summary>What the page is titled with.</summary>
    public required string ApplicationName { get; init; }

    /// <summary>The port of the page.</summary>
    public required int WebPort { get; init; }

    /// <summary>The port where OTLP is taken, over gRPC without TLS; null: none is.</summary>
    public int? OtlpPort { get; init; }

    /// <summary>What the address that is printed carries; null: no one is asked for it.</summary>
    public string? BrowserToken { get; init; }

    /// <summary>What senders of telemetry carry in <c>x-otlp-api-key</c>; null: nothing is asked for.</summary>
    public string? OtlpApiKey { get; init; }

    /// <summary>What the application wants to be shown.</summary>
    public DashboardFile View { get; init; } = new();
}
