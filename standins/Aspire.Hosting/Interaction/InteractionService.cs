using System.Globalization;
using Aspire.Dashboard;
using Aspire.Hosting.Dashboard;

namespace Aspire.Hosting;

#pragma warning disable ASPIREINTERACTION001 // These are the types themselves.

/// <summary>Keeps what is being asked until the dashboard's page brings an answer.</summary>
internal sealed class InteractionService(DashboardSettings? dashboard) : IInteractionService
{
    internal const string DiagnosticId = "ASPIREINTERACTION001";

    /// <summary>Questions at once; the next one is refused.</summary>
    internal const int MaxPrompts = 16;

    /// <summary>The length of a text that says none itself.</summary>
    internal const int DefaultMaxLength = 8_000;

    /// <summary>After so long without an answer there is none.</summary>
    internal static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);

    private readonly Lock _lock = new();
    private readonly SortedDictionary<int, Prompt> _prompts = [];
    private int _latest;

    public bool IsAvailable => dashboard is not null;

    public async Task<InteractionResult<InteractionInput>> PromptInputAsync(
        string title,
        string? message,
        InteractionInput input,
        InputsDialogInteractionOptions? options = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(input);
        if (!IsAvailable)
        {
            throw new InvalidOperationException(
                $"InteractionService is not available because the dashboard is not enabled. Use the {nameof(IsAvailable)} property to determine whether the service is available.");
        }
        var prompt = Add(title, message, input);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(Patience);
        using var end = patience.Token.Register(() => prompt.Answered.TrySetResult(null));
        try
        {
            var value = await prompt.Answered.Task.ConfigureAwait(false);
            input.Value = value ?? input.Value;
            return new InteractionResult<InteractionInput>(value is null ? null : input, canceled: value is null);
        }
        finally
        {
            Remove(prompt.View.Id);
        }
    }

    internal IReadOnlyList<PromptView> Prompts()
    {
        lock (_lock)
        {
            return [.. _prompts.Values.Select(prompt => prompt.View)];
        }
    }

    /// <returns>False if it is not asked any more, or this is no answer to it.</returns>
    internal bool Answer(int id, string? value)
    {
        lock (_lock)
        {
            return _prompts.TryGetValue(id, out var prompt)
                && (value is null || IsAnswer(prompt.View, value))
                && prompt.Answered.TrySetResult(value);
        }
    }

    private static bool IsAnswer(PromptView prompt, string value)
        => value.Length <= prompt.MaxLength
            && !(prompt.IsRequired && string.IsNullOrWhiteSpace(value))
            && !(prompt.IsNumber && value.Length > 0
                && !double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out _));

    private Prompt Add(string title, string? message, InteractionInput input)
    {
        lock (_lock)
        {
            if (_prompts.Count == MaxPrompts)
            {
                throw new InvalidOperationException($"{MaxPrompts} questions wait for an answer already.");
            }
            var view = new PromptView(
                ++_latest, title, message, string.IsNullOrWhiteSpace(input.Label) ? input.Name : input.Label,
                input.Description, input.Placeholder, input.Value, input.InputType == InputType.Number,
                input.Required, input.MaxLength ?? DefaultMaxLength);
            var prompt = new Prompt(view, new(TaskCreationOptions.RunContinuationsAsynchronously));
            _prompts.Add(view.Id, prompt);
            return prompt;
        }
    }

    private void Remove(int id)
    {
        lock (_lock)
        {
            _prompts.Remove(id);
        }
    }

    private sealed record Prompt(PromptView View, TaskCompletionSource<string?> Answered);
}
