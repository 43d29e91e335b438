using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;

namespace Aspire.Hosting.Health;

/// <summary>
/// The host does not start if a resource names a health check that nobody registered.
/// </summary>
internal sealed class HealthCheckRegistrations(DistributedApplicationModel model)
    : IValidateOptions<HealthCheckServiceOptions>
{
    public ValidateOptionsResult Validate(string? name, HealthCheckServiceOptions options)
    {
        var registered = options.Registrations.Select(registration => registration.Name).ToHashSet();
        var missing = model.Resources
            .SelectMany(resource => resource.Annotations.OfType<HealthCheckAnnotation>()
                .Where(check => !registered.Contains(check.Key))
                .Select(check =>
                    $"The health check '{check.Key}' is not registered and is required for resource '{resource.Name}'."))
            .ToArray();
        return missing.Length == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(missing);
    }
}
