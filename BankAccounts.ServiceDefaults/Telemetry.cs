using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace BankAccounts.ServiceDefaults;

/// <summary>
/// Where the bank's own spans and measurements come from. Every service exports them once
/// <c>AddServiceDefaults</c> is called; without a listener they cost next to nothing.
/// </summary>
public static class Telemetry
{
    /// <summary>The name of <see cref="Source" /> and <see cref="Meter" />.</summary>
    public const string Name = "BankAccounts";

    /// <summary>
    /// Names of further sources and meters that are exported, should a service need one.
    /// </summary>
    public const string NamePattern = Name + ".*";

    /// <summary>The bank's spans.</summary>
    public static ActivitySource Source { get; } = new(Name);

    /// <summary>The bank's instruments.</summary>
    public static Meter Meter { get; } = new(Name);
}
