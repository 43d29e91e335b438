using System.Text.RegularExpressions;
using BankAccounts.Tests.Files;

namespace BankAccounts.Deployment.Tests;

/// <summary>deploy/Dockerfile has an image for each service, which is as small and as harmless as it can be.</summary>
public sealed partial class ImageTests
{
    private static readonly string[] Lines = File.ReadAllLines(RepositoryFiles.PathOf("deploy", "Dockerfile"));

    [Fact]
    public void Each_service_has_a_target_that_serves_at_its_ports_and_asks_itself_for_its_health()
    {
        foreach (var (project, name) in Repository.Services)
        {
            var stage = string.Join('\n', Lines
                .SkipWhile(line => line != $"FROM runtime AS {name}").Skip(1)
                .TakeWhile(line => !line.StartsWith("FROM ", StringComparison.Ordinal)));
            var (grpc, health) = (Repository.PortOf(project, "http"), Repository.PortOf(project, "health"));
            Assert.Contains($"COPY --from=build /app/{project} .", stage, StringComparison.Ordinal);
            Assert.Contains($"Kestrel__Endpoints__http__Url=https://*:{grpc} ", stage, StringComparison.Ordinal);
            Assert.Contains($"Kestrel__Endpoints__health__Url=http://localhost:{health}\n", stage, StringComparison.Ordinal);
            Assert.Contains($"EXPOSE {grpc} {health}\n", stage, StringComparison.Ordinal);
            Assert.Contains($"\"http://localhost:{health}/health\"]", stage, StringComparison.Ordinal);
            Assert.Contains($"ENTRYPOINT [\"dotnet\", \"{project}.dll\"]", stage, StringComparison.Ordinal);
            Assert.Contains("\"/health/HealthProbe.dll\"", stage, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void What_runs_has_no_shell_and_is_not_root()
    {
        Assert.Contains(Lines, line => line.StartsWith("FROM ", StringComparison.Ordinal)
            && line.EndsWith("-chiseled AS runtime", StringComparison.Ordinal));
        Assert.Contains("USER $APP_UID", Lines);
    }

    [Fact]
    public void What_is_copied_one_by_one_is_there_and_is_not_ignored()
    {
        var allowed = File.ReadAllLines(RepositoryFiles.PathOf(".dockerignore"))
            .Where(line => line.StartsWith('!')).Select(line => line[1..]).ToList();
        var copied = Lines.Select(line => CopyLine().Match(line)).Where(copy => copy.Success)
            .SelectMany(copy => copy.Groups["files"].Value.Split(' ', StringSplitOptions.RemoveEmptyEntries)
                .SkipLast(1))
            .Where(file => file != ".")
            .ToList();

        Assert.InRange(copied.Count, 10, 100);
        foreach (var file in copied)
        {
            Assert.True(File.Exists(RepositoryFiles.PathOf(file)), file);
            Assert.True(
                allowed.Any(pattern => System.IO.Enumeration.FileSystemName.MatchesSimpleExpression(
                    pattern.Replace("**", "*", StringComparison.Ordinal), file)),
                $"{file} is ignored");
        }
        Assert.All(
            allowed,
            pattern => Assert.DoesNotContain("standins", pattern, StringComparison.Ordinal));
    }

    [GeneratedRegex(@"^COPY (?!--from)(?<files>.+)$")]
    private static partial Regex CopyLine();
}
