using System.ComponentModel.DataAnnotations;

namespace BankAccounts.ServiceDefaults;

/// <summary>A time of an option: more than nothing, and at most a day.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class PositiveTimeAttribute : ValidationAttribute
{
    /// <summary>The longest time that an option may name.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromDays(1);

    /// <summary>Names the bounds.</summary>
    public PositiveTimeAttribute()
        : base("{0} must be a time above 00:00:00 and at most 1.00:00:00.")
    {
    }

    /// <inheritdoc/>
    public override bool IsValid(object? value) =>
        value is TimeSpan time && time > TimeSpan.Zero && time <= Longest;
}
