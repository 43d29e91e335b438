// An AppHost as people write them: the tests run this very Program, in their own process and as one
// of its own.
var builder = DistributedApplication.CreateBuilder(args);

var sleeper = builder.AddExecutable("sleeper", "sleep", ".", "600");
var web = builder.AddProject<Projects.SampleWeb>("web")
    .WithReplicas(2)
    .WithEnvironment("GREETING", builder.Configuration["Greeting"] ?? "hello")
    .WithHttpHealthCheck("/health", endpointName: "health")
    .WaitFor(sleeper);
builder.AddConnectionString("web-address", ReferenceExpression.Create($"{web.GetEndpoint("http")}"));

builder.Build().Run();
