namespace Aspire.Dashboard;

/// <summary>What the dashboard knows of the application, and does to it.</summary>
internal interface IDashboardHost
{
    /// <summary>The replicas as they are now, in the order of the AppHost's model.</summary>
    IReadOnlyList<ResourceView> Resources();

    /// <summary>Console lines of a replica with a number above the given one.</summary>
    IReadOnlyList<LogView> Logs(string resourceId, int after);

    /// <summary>Gives a command to one replica and waits for its result.</summary>
    Task<CommandResultView> ExecuteAsync(string resourceId, string command, CancellationToken cancellationToken);

    /// <summary>What commands are asking the person at the dashboard.</summary>
    IReadOnlyList<PromptView> Prompts();

    /// <param name="id">The prompt.</param>
    /// <param name="value">The answer; null if the person does not want to give one.</param>
    /// <returns>False if it is not asked any more.</returns>
    bool Answer(int id, string? value);
}

/// <summary>One replica of a resource.</summary>
internal sealed record ResourceView(
    string Id,
    string Name,
    string Type,
    string? State,
    string? Health,
    int? ExitCode,
    DateTime? StartTime,
    IReadOnlyList<string> Urls,
    IReadOnlyList<string> Problems,
    IReadOnlyList<CommandView> Commands);

/// <summary>A command that a replica has.</summary>
internal sealed record CommandView(
    string Name, string DisplayName, string? Description, string? Confirmation, bool IsEnabled, bool IsHighlighted);

/// <summary>What became of a command.</summary>
internal sealed record CommandResultView(bool Success, bool Canceled, string? Message, string? Data);

/// <summary>One line that a replica printed.</summary>
internal sealed record LogView(int Number, string Text, bool IsError);

/// <summary>One value that a command asks for.</summary>
internal sealed record PromptView(
    int Id,
    string Title,
    string? Message,
    string Label,
    string? Description,
    string? Placeholder,
    string? Value,
    bool IsNumber,
    bool IsRequired,
    int MaxLength);
