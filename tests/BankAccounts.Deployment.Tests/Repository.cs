using System.Diagnostics;
using System.Text.Json;
using BankAccounts.Tests.Files;

namespace BankAccounts.Deployment.Tests;

/// <summary>What stands in files, and what a validator that this project did not write says of them.</summary>
internal static class Repository
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>The three services; each has a folder and an image of its own.</summary>
    public static readonly (string Project, string Name)[] Services =
    [
        ("CommandService", "command-service"),
        ("QueryService", "query-service"),
        ("ProjectionService", "projection-service"),
    ];

    /// <summary>A service's settings as they are built in: key and value of each leaf.</summary>
    public static Dictionary<string, string> SettingsOf(string project)
    {
        using var settings = JsonDocument.Parse(File.ReadAllText(RepositoryFiles.PathOf(project, "appsettings.json")));
        return Leaves(settings.RootElement, string.Empty).ToDictionary(leaf => leaf.Key, leaf => leaf.Value);
    }

    /// <summary>The port that a service has by default at one of its endpoints.</summary>
    public static int PortOf(string project, string endpoint) =>
        new Uri(SettingsOf(project)[$"Kestrel:Endpoints:{endpoint}:Url"]).Port;

    /// <summary>Reads YAML files and holds them against a published schema.</summary>
    /// <param name="kind"><c>compose</c>, <c>kubernetes</c>, or <c>yaml</c> for no schema.</param>
    /// <param name="files">Their full paths.</param>
    public static async Task<(JsonElement[] Documents, string[] Problems)> ValidateAsync(
        string kind, params string[] files)
    {
        using var process = Process.Start(
            new ProcessStartInfo("node", [RepositoryFiles.PathOf("tests", "clients", "manifests.mjs"), kind, .. files])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            }) ?? throw new InvalidOperationException("node cannot be started.");
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        using var patience = new CancellationTokenSource(Patience);
        await process.WaitForExitAsync(patience.Token);
        Assert.True(process.ExitCode == 0, await errors);
        var answer = JsonDocument.Parse(await output).RootElement;
        return (
            [.. answer.GetProperty("documents").EnumerateArray().Select(document => document.GetProperty("content"))],
            [.. answer.GetProperty("problems").EnumerateArray().Select(problem => problem.GetString()!)]);
    }

    /// <summary>What the validator says of a file in which one thing is written in another way.</summary>
    public static async Task<string[]> ValidateChangedAsync(string kind, string file, string from, string to)
    {
        var text = await File.ReadAllTextAsync(file);
        Assert.Contains(from, text, StringComparison.Ordinal);
        var folder = Directory.CreateTempSubdirectory("bank-manifests-");
        try
        {
            var changed = Path.Combine(folder.FullName, Path.GetFileName(file));
            await File.WriteAllTextAsync(changed, text.Replace(from, to, StringComparison.Ordinal));
            return (await ValidateAsync(kind, changed)).Problems;
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static IEnumerable<(string Key, string Value)> Leaves(JsonElement element, string path) =>
        element.ValueKind == JsonValueKind.Object
            ? element.EnumerateObject().SelectMany(
                child => Leaves(child.Value, path.Length == 0 ? child.Name : $"{path}:{child.Name}"))
            : [(path, element.ValueKind is JsonValueKind.True or JsonValueKind.False
                ? element.GetRawText()
                : element.ToString())];
}
