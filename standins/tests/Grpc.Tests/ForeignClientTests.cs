using Microsoft.Extensions.Diagnostics.HealthChecks;
using Xunit;

namespace StandIns.GrpcTests;

public sealed class ForeignClientTests
{
    [Theory]
    [InlineData("v1")]
    [InlineData("v1alpha")]
    public async Task A_foreign_client_learns_and_calls_the_server_by_reflection(string version)
    {
        await using var server = await TestServer.StartAsync();
        using var client = new ForeignClient();
        await client.CompileAsync($"protos/grpc/reflection/{version}", "reflection.proto");

        var seen = await client.RunAsync("reflect.py", server);

        void Saw(string what, string json) =>
            Assert.Equal(json, seen.GetProperty(what).GetRawText());
        const string words = "\"standins/test/v1/words.proto\"";
        const string time = "\"google/protobuf/timestamp.proto\"";
        const string echo = "\"standins/test/v1/echo.proto\"";
        Saw("services", "[\"grpc.health.v1.Health\", \"grpc.reflection.v1.ServerReflection\", "
            + "\"grpc.reflection.v1alpha.ServerReflection\", \"standins.test.v1.EchoService\"]");
        Saw("first_file", echo);
        Saw("service_files", $"[{time}, {echo}, {words}]");
        Saw("method_files", $"[{time}, {echo}, {words}]");
        Saw("message_files", $"[{words}]");
        Saw("enum_files", $"[{words}]");
        Saw("named_files", $"[{words}]");
        Saw("dependency_files", $"[{time}]");
        Saw("echo", "[\"one\", \"two\", 1]");
        Saw("several", "3");
        Saw("no_symbol", "[5, \"Symbol not found.\"]");
        Saw("no_file", "[5, \"File not found.\"]");
        const string unsupported = "[12, \"Request type not supported by C# reflection service.\"]";
        Saw("no_request", unsupported);
        Saw("extension", unsupported);
        Saw("extensions", unsupported);
    }

    [Fact]
    public async Task A_foreign_client_sees_messages_metadata_errors_and_health()
    {
        await using var server = await TestServer.StartAsync(
            addChecks: checks => checks.AddCheck("self", () => HealthCheckResult.Healthy()));
        using var client = new ForeignClient();
        await client.CompileAsync(
            "protos", "standins/test/v1/echo.proto", "standins/test/v1/words.proto");
        await client.CompileAsync("protos/grpc/health/v1", "health.proto");
        await client.CompileAsync("foreign", "rpc_error.proto");

        var seen = await client.RunAsync("call.py", server);

        void Saw(string what, string json) =>
            Assert.Equal(json, seen.GetProperty(what).GetRawText());
        Saw("echo", "[\"one\", \"two\"]");
        Saw("headers", "[[0, 255]]");
        Saw("trailers", "[\"a,b\"]");
        Saw("split", "[\"one\", \"two\"]");
        Saw("join", "[\"one\", \"two\", \"one\", \"two\"]");
        Saw("chat", "[[\"one\", \"two\"], [\"one\", \"two\"]]");
        Saw("plain", "[\"FAILED_PRECONDITION\", \"one two\", \"asked\", [0, 255]]");
        Saw("rich", "[\"NOT_FOUND\", 5, \"one two\", "
            + "\"type.googleapis.com/google.rpc.ErrorInfo\", \"ASKED_FOR\"]");
        Saw("late", "\"DEADLINE_EXCEEDED\"");
        Saw("check", "\"SERVING\"");
        Saw("check_unknown", "\"NOT_FOUND\"");
        Saw("watch_unknown", "\"SERVICE_UNKNOWN\"");
    }
}
