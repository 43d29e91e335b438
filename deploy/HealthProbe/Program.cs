// Asks a service for its health, for containers that have no shell to do it:
//   dotnet HealthProbe.dll http://localhost:5111/health
// Ends with 0 if the answer is a success within 4 s, otherwise with 1.
if (args is not [var address] || !Uri.TryCreate(address, UriKind.Absolute, out var health))
{
    Console.Error.WriteLine("Usage: HealthProbe <address>");
    return 1;
}

using var client = new HttpClient { Timeout = TimeSpan.FromSeconds(4) };
try
{
    using var answer = await client.GetAsync(health);
    Console.WriteLine(await answer.Content.ReadAsStringAsync());
    return answer.IsSuccessStatusCode ? 0 : 1;
}
catch (Exception failure) when (failure is HttpRequestException or OperationCanceledException)
{
    Console.Error.WriteLine(failure.Message);
    return 1;
}
