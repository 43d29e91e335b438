namespace Aspire.Hosting.ApplicationModel;

/// <summary>
/// The rules for names of resources and endpoints: 1 to 64 ASCII letters, digits and hyphens,
/// beginning with a letter, no two hyphens in a row, no hyphen at the end.
/// </summary>
internal static class ModelName
{
    private const int LengthMax = 64;

    /// <exception cref="ArgumentException">The name breaks one of the rules.</exception>
    internal static void ValidateName(string target, string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        if (Complaint(name) is { } complaint)
        {
            throw new ArgumentException($"{target} name '{name}' is invalid. {complaint}", nameof(name));
        }
    }

    private static string? Complaint(string name)
    {
        if (name.Length > LengthMax)
        {
            return $"Name must be between 1 and {LengthMax} characters long.";
        }
        if (!char.IsAsciiLetter(name[0]))
        {
            return "Name must start with an ASCII letter.";
        }
        if (name.Any(c => !char.IsAsciiLetterOrDigit(c) && c != '-'))
        {
            return "Name must contain only ASCII letters, digits, and hyphens.";
        }
        if (name.Contains("--", StringComparison.Ordinal))
        {
            return "Name cannot contain consecutive hyphens.";
        }
        return name.EndsWith('-') ? "Name cannot end with a hyphen." : null;
    }
}

/// <summary>Marks the parameter that names a resource.</summary>
[AttributeUsage(AttributeTargets.Parameter, AllowMultiple = false)]
public sealed class ResourceNameAttribute : Attribute;

/// <summary>Marks the parameter that names an endpoint.</summary>
[AttributeUsage(AttributeTargets.Parameter, AllowMultiple = false)]
public sealed class EndpointNameAttribute : Attribute;
