namespace Aspire.Hosting.Tests;

/// <summary>
/// Changes the environment of the test process, so no other test may run meanwhile.
/// </summary>
[CollectionDefinition(nameof(InheritedEnvironmentTests), DisableParallelization = true)]
[Collection(nameof(InheritedEnvironmentTests))]
public sealed class InheritedEnvironmentTests
{
    [Theory]
    [InlineData("ASPNETCORE_URLS")]
    [InlineData("ASPNETCORE_ENVIRONMENT")]
    [InlineData("DOTNET_ENVIRONMENT")]
    [InlineData("DOTNET_LAUNCH_PROFILE")]
    public async Task What_is_about_the_host_is_not_inherited(string variable)
    {
        Environment.SetEnvironmentVariable(variable, "host");
        try
        {
            var builder = TestHost.Builder();
            var program = builder.AddExecutable("program", "env", ".");
            await using var app = await builder.StartAsync();

            Assert.DoesNotContain($"{variable}=host", await app.OutputAsync(program.Resource));
        }
        finally
        {
            Environment.SetEnvironmentVariable(variable, null);
        }
    }
}
