// A small service for the tests: says who it is, what it was started with, and whether it is well.
using System.Globalization;

var app = WebApplication.CreateBuilder(args).Build();
var healthy = true;

app.MapGet("/pid", () => Environment.ProcessId.ToString(CultureInfo.InvariantCulture));
app.MapGet("/env/{name}", (string name) => Environment.GetEnvironmentVariable(name) ?? "");
app.MapGet("/cwd", () => Environment.CurrentDirectory);
app.MapGet("/args", () => string.Join(' ', args));
app.MapGet("/health", () => healthy ? Results.Ok() : Results.StatusCode(503));
app.MapPost("/sicken", () => { healthy = false; });
app.MapPost("/exit/{code:int}", (int code) => { Environment.Exit(code); });
app.Lifetime.ApplicationStarted.Register(() => Console.WriteLine("sample is up"));
app.Lifetime.ApplicationStopped.Register(() => Console.WriteLine("sample stopped gracefully"));
app.Run();
