using System.Diagnostics.CodeAnalysis;

namespace Aspire.Hosting;

/// <summary>Asks the person at the dashboard.</summary>
[Experimental(InteractionService.DiagnosticId, UrlFormat = "https://aka.ms/aspire/diagnostics/{0}")]
public interface IInteractionService
{
    /// <summary>Whether there is a dashboard to ask at; without one, asking throws.</summary>
    bool IsAvailable { get; }

    /// <summary>Asks for one value.</summary>
    /// <exception cref="InvalidOperationException">There is no dashboard.</exception>
    Task<InteractionResult<InteractionInput>> PromptInputAsync(
        string title,
        string? message,
        InteractionInput input,
        InputsDialogInteractionOptions? options = null,
        CancellationToken cancellationToken = default);
}

/// <summary>A value that is asked for.</summary>
[Experimental(InteractionService.DiagnosticId, UrlFormat = "https://aka.ms/aspire/diagnostics/{0}")]
public sealed class InteractionInput
{
    private readonly int? _maxLength;

    public required string Name { get; init; }

    /// <summary>The name if not given.</summary>
    public string? Label { get; init; }

    public string? Description { get; init; }

    public required InputType InputType { get; init; }

    public bool Required { get; init; }

    /// <summary>What stands there first; afterwards, what was given.</summary>
    public string? Value { get; set; }

    public string? Placeholder { get; init; }

    public int? MaxLength
    {
        get => _maxLength;
        init
        {
            if (value is { } length)
            {
                ArgumentOutOfRangeException.ThrowIfNegativeOrZero(length);
            }
            _maxLength = value;
        }
    }
}

/// <summary>Of what kind a value is. Choices, booleans and secrets are left out.</summary>
[Experimental(InteractionService.DiagnosticId, UrlFormat = "https://aka.ms/aspire/diagnostics/{0}")]
public enum InputType
{
    Text = 0,
    Number = 4,
}

/// <summary>More about a dialog; nothing of it is there.</summary>
[Experimental(InteractionService.DiagnosticId, UrlFormat = "https://aka.ms/aspire/diagnostics/{0}")]
public class InputsDialogInteractionOptions;

/// <summary>What was answered.</summary>
[Experimental(InteractionService.DiagnosticId, UrlFormat = "https://aka.ms/aspire/diagnostics/{0}")]
public class InteractionResult<T>
{
    internal InteractionResult(T? data, bool canceled)
    {
        Data = data;
        Canceled = canceled;
    }

    public T? Data { get; }

    /// <summary>Whether the person did not want to answer.</summary>
    [MemberNotNullWhen(false, nameof(Data))]
    public bool Canceled { get; }
}
