using System.Text.Json;
using System.Text.RegularExpressions;
using BankAccounts.EndToEnd.Tests.Tour;
using BankAccounts.Tests.Files;

namespace BankAccounts.EndToEnd.Tests;

[Collection(SharedBank.Name)]
public sealed partial class ReadmeTests(BankFixture fixture)
{
    /// <summary>The folder of each service, and what the AppHost calls it.</summary>
    private static readonly Dictionary<string, string> Services = new()
    {
        ["CommandService"] = "command-service",
        ["QueryService"] = "query-service",
        ["ProjectionService"] = "projection-service",
    };

    [Theory]
    [InlineData("README.md", true)]
    [InlineData("docs/API.md", false)]
    public async Task The_tour_in_a_document_gives_the_answers_that_it_shows(string document, bool hasRefusals)
    {
        var readme = await File.ReadAllTextAsync(RepositoryFiles.PathOf(document.Split('/')));
        var tour = TourStep.ReadAll(readme);
        // What stands in a block of another kind would not be played: only what streams may.
        Assert.Equal(GrpcurlCommand().Count(readme), tour.Count + StreamingCommand().Count(readme));
        Assert.Equal(hasRefusals, tour.Any(step => step.IsRefused));

        var account = new TourAccount();
        var addresses = Services.ToDictionary(
            service => UsualAddress(service.Key), service => fixture.Bank.AddressOf(service.Value));
        foreach (var step in tour)
        {
            var address = addresses[step.Address];
            if (step.Method == "list")
            {
                var names = await ForeignClient.CallAsync(address, "list");
                Assert.Equal(names.EnumerateArray().Select(name => name.GetString()), step.Shown.Split('\n'));
            }
            else if (step.IsRefused)
            {
                var error = await ForeignClient.FailAsync(address, step.Method, account.Translate(step.Request));
                var reason = new TourRefusals(account).Same(step.Shown, error);
                Assert.Contains($"`{reason}`", readme, StringComparison.Ordinal);
            }
            else
            {
                var answer = await ForeignClient.CallAsync(address, step.Method, account.Translate(step.Request));
                new TourAnswers(account).Same(step.Shown, answer);
            }
        }
    }

    /// <summary>Where a service listens outside of tests, by its own settings.</summary>
    private static string UsualAddress(string service)
    {
        var settings = File.ReadAllBytes(RepositoryFiles.PathOf(service, "appsettings.json"));
        using var document = JsonDocument.Parse(settings);
        var url = document.RootElement
            .GetProperty("Kestrel").GetProperty("Endpoints").GetProperty("http").GetProperty("Url");
        return new Uri(url.GetString()!).Authority;
    }

    [GeneratedRegex(@"grpcurl -", RegexOptions.None)]
    private static partial Regex GrpcurlCommand();

    [GeneratedRegex(@"^```sh\ngrpcurl -", RegexOptions.Multiline)]
    private static partial Regex StreamingCommand();
}
