using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Aspire.Dashboard;
using Aspire.Dashboard.Otlp;
using Aspire.Dashboard.Web;
using Grpc.Core;
using Grpc.Net.Client;

namespace Aspire.Hosting.Tests.Dashboard;

/// <summary>Who gets what from the dashboard's two ports.</summary>
public sealed class DashboardServerTests : IAsyncLifetime, IDisposable
{
    private const string Token = "0123456789abcdef";
    private const string ApiKey = "fedcba9876543210";

    private readonly FakeHost _host = new();
    private readonly DashboardServer _server;
    private readonly HttpClient _client = new(new HttpClientHandler { AllowAutoRedirect = false });

    public DashboardServerTests()
        => _server = new DashboardServer(
            new DashboardOptions
            {
                ApplicationName = "Shop & <b>Co</b>",
                WebPort = 0,
                OtlpPort = 0,
                BrowserToken = Token,
                OtlpApiKey = ApiKey,
            },
            _host);

    public async Task InitializeAsync()
    {
        await _server.StartAsync(TestHost.Soon);
        _client.BaseAddress = new Uri(_server.WebAddress);
    }

    public async Task DisposeAsync() => await _server.DisposeAsync();

    public void Dispose() => _client.Dispose();

    [Theory]
    [InlineData("/")]
    [InlineData("/app.js")]
    [InlineData("/api/resources")]
    [InlineData("/login")]
    [InlineData("/login?t=")]
    [InlineData("/login?t=0123456789abcdeF")]
    public async Task Nothing_is_shown_to_whoever_does_not_know_the_token(string path)
        => Assert.Equal(HttpStatusCode.Unauthorized, (await _client.GetAsync(path)).StatusCode);

    [Fact]
    public async Task The_token_gives_a_cookie_that_scripts_cannot_read_and_that_is_not_the_token()
    {
        var login = await _client.GetAsync($"/login?t={Token}");

        Assert.Equal((HttpStatusCode.Redirect, "/"), (login.StatusCode, login.Headers.Location?.ToString()));
        var cookie = Assert.Single(login.Headers.GetValues("Set-Cookie"));
        Assert.Contains("; httponly", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("; samesite=lax", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain(Token, cookie, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await _client.GetAsync("/")).StatusCode);
    }

    [Fact]
    public async Task The_page_lets_nothing_in_from_elsewhere_and_shows_names_as_text()
    {
        await LogInAsync();
        var page = await _client.GetAsync("/");

        var policy = Assert.Single(page.Headers.GetValues("Content-Security-Policy"));
        Assert.Contains("default-src 'none'", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("*", policy, StringComparison.Ordinal);
        Assert.Equal("nosniff", Assert.Single(page.Headers.GetValues("X-Content-Type-Options")));
        var text = await page.Content.ReadAsStringAsync();
        Assert.Contains("<title>Shop &amp; &lt;b&gt;Co&lt;/b&gt;</title>", text, StringComparison.Ordinal);
        Assert.DoesNotContain("<script>", text, StringComparison.Ordinal);
    }

    [Fact]
    public void No_script_makes_markup_out_of_data()
    {
        var assembly = typeof(DashboardServer).Assembly;
        var scripts = assembly.GetManifestResourceNames().Where(name => name.EndsWith(".js", StringComparison.Ordinal)).ToList();
        Assert.InRange(scripts.Count, 5, 100);
        Assert.All(scripts, script =>
        {
            using var reader = new StreamReader(assembly.GetManifestResourceStream(script)!);
            var text = reader.ReadToEnd();
            Assert.All(
                ["innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "new Function", "https:"],
                word => Assert.DoesNotContain(word, text, StringComparison.Ordinal));
        });
    }

    [Theory]
    [InlineData(null)]
    [InlineData("null")]
    [InlineData("http://localhost:1")]
    [InlineData("http://evil.example")]
    public async Task A_page_of_another_origin_cannot_give_a_command(string? origin)
    {
        await LogInAsync();
        Assert.Equal(HttpStatusCode.Forbidden, await CommandAsync(origin, "application/json"));
        Assert.Empty(_host.Told);
    }

    [Fact]
    public async Task Only_JSON_is_a_command()
    {
        await LogInAsync();
        // A form of another page may send this without being asked about it first.
        Assert.Equal(HttpStatusCode.Forbidden, await CommandAsync(_server.WebAddress, "text/plain"));
        Assert.Empty(_host.Told);
    }

    [Fact]
    public async Task The_page_itself_gives_commands_and_answers()
    {
        await LogInAsync();
        Assert.Equal(HttpStatusCode.OK, await CommandAsync(_server.WebAddress, "application/json"));
        Assert.Equal(HttpStatusCode.NoContent, await PostAsync("/api/prompts", """{"id": 1, "value": "3"}"""));
        Assert.Equal(HttpStatusCode.NotFound, await PostAsync("/api/prompts", """{"id": 2, "value": null}"""));
        Assert.Equal(["stop shop-abc", "answer 1 3", "answer 2 "], _host.Told);
    }

    [Theory]
    [InlineData("evil.example", HttpStatusCode.BadRequest)]
    [InlineData("localhost.evil.example", HttpStatusCode.BadRequest)]
    [InlineData("127.0.0.1", HttpStatusCode.Unauthorized)]
    public async Task A_name_that_somebody_led_here_is_not_answered(string host, HttpStatusCode expected)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/");
        request.Headers.Host = $"{host}:{_client.BaseAddress!.Port}";
        Assert.Equal(expected, (await _client.SendAsync(request)).StatusCode);
    }

    [Fact]
    public async Task A_request_has_a_bound_and_so_has_an_answer()
    {
        await LogInAsync();
        Assert.Equal(
            HttpStatusCode.RequestEntityTooLarge,
            await PostAsync("/api/commands", $"{{\"resource\": \"{new string('a', Api.MaxRequestBytes)}\", \"command\": \"stop\"}}"));
        var lines = await _client.GetFromJsonAsync<JsonElement>("/api/logs?id=shop-abc&after=5");
        Assert.Equal(Api.MaxLogLines, lines.GetArrayLength());
        Assert.Equal(FakeHost.Hostile, lines[0].GetProperty("text").GetString());
    }

    [Theory]
    [InlineData(null)]
    [InlineData("fedcba9876543211")]
    public async Task Telemetry_without_the_key_is_not_taken(string? key)
    {
        using var channel = GrpcChannel.ForAddress(_server.OtlpAddress!);
        var refused = await Assert.ThrowsAsync<RpcException>(() => ExportAsync(channel, key));
        Assert.Equal(StatusCode.Unauthenticated, refused.StatusCode);
    }

    [Fact]
    public async Task Telemetry_with_the_key_is_taken_up_to_a_size_and_shown()
    {
        using var channel = GrpcChannel.ForAddress(_server.OtlpAddress!);
        await ExportAsync(channel, ApiKey);
        await LogInAsync();

        var list = await _client.GetFromJsonAsync<JsonElement>("/api/traces?service=front&text=PAY");
        Assert.Equal(Spans.TraceId(1), list.GetProperty("traces")[0].GetProperty("traceId").GetString());
        var trace = await _client.GetFromJsonAsync<JsonElement>($"/api/traces/{Spans.TraceId(1)}");
        Assert.Equal(FakeHost.Hostile, trace.GetProperty("rows")[0].GetProperty("attributes")[0].GetProperty("value").GetString());
        Assert.Equal(HttpStatusCode.NotFound, (await _client.GetAsync("/api/traces/none")).StatusCode);

        var tooMuch = await Assert.ThrowsAsync<RpcException>(
            () => ExportAsync(channel, ApiKey, new string('a', DashboardServer.MaxOtlpMessageBytes)));
        Assert.Equal(StatusCode.ResourceExhausted, tooMuch.StatusCode);
    }

    private static async Task ExportAsync(GrpcChannel channel, string? key, string name = "pay")
    {
        var request = new ExportTraceServiceRequest
        {
            ResourceSpans =
            {
                new ResourceSpans
                {
                    Resource = new Aspire.Dashboard.Otlp.Resource
                    {
                        Attributes = { new KeyValue { Key = "service.name", Value = new AnyValue { StringValue = "front" } } },
                    },
                    Scopes = { new ScopeSpans { Spans = { Spans.New(1, 1, 0, name).With("a", FakeHost.Hostile) } } },
                },
            },
        };
        Metadata headers = key is null ? [] : new Metadata { { ApiKeyCheck.Header, key } };
        await new TraceService.TraceServiceClient(channel).ExportAsync(request, headers, DateTime.UtcNow + TestHost.Deadline);
    }

    private async Task LogInAsync() => await _client.GetAsync($"/login?t={Token}");

    private Task<HttpStatusCode> CommandAsync(string? origin, string type)
        => PostAsync("/api/commands", """{"resource": "shop-abc", "command": "stop"}""", origin, type);

    private Task<HttpStatusCode> PostAsync(string path, string body)
        => PostAsync(path, body, _server.WebAddress, "application/json");

    private async Task<HttpStatusCode> PostAsync(string path, string body, string? origin, string type)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path)
        {
            Content = new StringContent(body, Encoding.UTF8, type),
        };
        request.Headers.TryAddWithoutValidation("Origin", origin);
        return (await _client.SendAsync(request)).StatusCode;
    }
}
