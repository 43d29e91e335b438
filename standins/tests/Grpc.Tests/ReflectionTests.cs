using Xunit;

namespace StandIns.GrpcTests;

public sealed class ReflectionTests
{
    [Fact]
    public async Task Mapping_without_adding_says_what_to_add()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Services.AddGrpc();
        await using var app = builder.Build();

        var e = Assert.Throws<InvalidOperationException>(app.MapGrpcReflectionService);
        Assert.Contains("AddGrpcReflection()", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_convention_applies_to_both_versions()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Services.AddGrpc();
        builder.Services.AddGrpcReflection();
        await using var app = builder.Build();
        app.MapGrpcReflectionService().WithMetadata("marked");

        var marked = ((IEndpointRouteBuilder)app).DataSources
            .SelectMany(source => source.Endpoints)
            .Where(endpoint => endpoint.Metadata.GetMetadata<string>() == "marked")
            .OfType<RouteEndpoint>()
            .Select(endpoint => endpoint.RoutePattern.RawText);

        Assert.Subset(
            marked.ToHashSet(),
            new HashSet<string?>
            {
                "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo",
                "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo",
            });
    }
}
