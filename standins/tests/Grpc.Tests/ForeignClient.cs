using System.Diagnostics;
using System.Text.Json;
using Xunit;

namespace StandIns.GrpcTests;

/// <summary>
/// gRPC for Python, as Debian has it (python3-grpcio, python3-grpc-tools): its own compiler makes
/// stubs of the .proto files in a temporary folder, and its own client calls the server.
/// </summary>
public sealed class ForeignClient : IDisposable
{
    private static readonly string s_here = AppContext.BaseDirectory;

    private readonly string _stubs = Directory.CreateTempSubdirectory("grpc-tests-").FullName;

    /// <summary>Compiles files below a folder; stubs are named by the path within it.</summary>
    public async Task CompileAsync(string folder, params string[] files)
    {
        string[] output = [$"--python_out={_stubs}", $"--grpc_python_out={_stubs}"];
        await RunAsync(
            ["-m", "grpc_tools.protoc", "-I", Path.Combine(s_here, folder), .. output, .. files]);
    }

    /// <summary>Runs a script against a server and reads the JSON that it prints.</summary>
    public async Task<JsonElement> RunAsync(string script, TestServer server)
    {
        var output = await RunAsync([Path.Combine(s_here, "foreign", script), server.Address]);
        return JsonDocument.Parse(output).RootElement;
    }

    public void Dispose() => Directory.Delete(_stubs, recursive: true);

    private async Task<string> RunAsync(IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo("/usr/bin/python3", arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = _stubs,
        };
        start.Environment["PYTHONPATH"] = _stubs;
        start.Environment["PYTHONDONTWRITEBYTECODE"] = "1";
        using var process = Process.Start(start)!;
        using var patience = new CancellationTokenSource(2 * TestServer.Patience);
        try
        {
            var errors = process.StandardError.ReadToEndAsync(patience.Token);
            var output = await process.StandardOutput.ReadToEndAsync(patience.Token);
            await process.WaitForExitAsync(patience.Token);
            Assert.True(process.ExitCode == 0, await errors);
            return output;
        }
        finally
        {
            process.Kill(entireProcessTree: true);
        }
    }
}
