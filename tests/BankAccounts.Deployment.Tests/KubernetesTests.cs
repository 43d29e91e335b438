using System.Text.Json;
using BankAccounts.Tests.Files;
using Microsoft.Extensions.Hosting;

namespace BankAccounts.Deployment.Tests;

/// <summary>deploy/kubernetes is what a cluster takes, and fits the services.</summary>
public sealed class KubernetesTests
{
    private const string Kustomization = "kustomization.yaml";

    private static readonly string Folder = RepositoryFiles.PathOf("deploy", "kubernetes");

    private static readonly Lazy<Task<JsonElement[]>> Documents =
        new(async () => (await Repository.ValidateAsync("yaml", Files())).Documents);

    [Fact]
    public async Task Every_document_is_as_the_published_schema_of_its_kind_says()
    {
        var (documents, problems) = await Repository.ValidateAsync("kubernetes", Files());

        Assert.InRange(documents.Length, 15, 100);
        Assert.Equal(string.Empty, string.Join('\n', problems));
    }

    [Theory]
    [InlineData("readinessProbe:", "readynessProbe:", "readynessProbe: unknown key")]
    [InlineData("maxUnavailable: 1\n  #", "maxUnavailble: 1\n  #", "maxUnavailble: unknown key")]
    [InlineData("maxReplicas: 12", "maxReplicas: twelve", "/spec/maxReplicas")]
    [InlineData("  scaleTargetRef:", "  scaleTarget:", "scaleTargetRef")]
    [InlineData("matchLabels: {app", "matchLabel: {app", "matchLabel: unknown key")]
    [InlineData("readOnlyRootFilesystem: true", "readOnlyRootFileSystem: true", "readOnlyRootFileSystem: unknown key")]
    public async Task What_is_misspelt_is_found(string from, string to, string named)
    {
        var file = Path.Combine(Folder, "projection-service.yaml");
        var problems = await Repository.ValidateChangedAsync("kubernetes", file, from, to);

        Assert.Contains(problems, problem => problem.Contains(named, StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_kustomization_names_every_file_and_every_image()
    {
        var (documents, _) = await Repository.ValidateAsync("yaml", Path.Combine(Folder, Kustomization));
        var kustomization = Assert.Single(documents);

        Assert.Equal(
            Files().Select(file => Path.GetFileName(file)!).Order(StringComparer.Ordinal),
            Texts(kustomization.GetProperty("resources")).Order(StringComparer.Ordinal));
        Assert.Equal(
            (await OfKindAsync("Deployment")).Select(ImageOf).Order(StringComparer.Ordinal),
            kustomization.GetProperty("images").EnumerateArray().Select(image => image.GetProperty("name").GetString()!)
                .Order(StringComparer.Ordinal));
        Assert.Equal(
            ["apiVersion", "kind", "namespace", "resources", "labels", "images"],
            kustomization.EnumerateObject().Select(property => property.Name));
    }

    [Fact]
    public async Task Each_service_is_probed_where_it_answers_and_given_the_time_to_stop()
    {
        var deployments = await OfKindAsync("Deployment");
        Assert.Equal(Repository.Services.Length, deployments.Length);
        foreach (var (project, name) in Repository.Services)
        {
            var pod = Named(deployments, name).GetProperty("spec").GetProperty("template").GetProperty("spec");
            var container = Assert.Single(pod.GetProperty("containers").EnumerateArray());
            Assert.Equal($"bank-accounts/{name}", container.GetProperty("image").GetString());
            Assert.Equal(
                [("grpc", Repository.PortOf(project, "http")), ("health", Repository.PortOf(project, "health"))],
                container.GetProperty("ports").EnumerateArray().Select(port =>
                    (port.GetProperty("name").GetString(), port.GetProperty("containerPort").GetInt32())));
            Assert.Equal(("/alive", "health", "HTTPS"), Probe(container, "startupProbe"));
            Assert.Equal(("/alive", "health", "HTTPS"), Probe(container, "livenessProbe"));
            Assert.Equal(("/health", "health", "HTTPS"), Probe(container, "readinessProbe"));
            var told = Assert.Single(container.GetProperty("env").EnumerateArray());
            Assert.Equal("Kestrel__Endpoints__health__Url", told.GetProperty("name").GetString());
            Assert.Equal($"https://*:{Repository.PortOf(project, "health")}", told.GetProperty("value").GetString());
            var wait = container.TryGetProperty("lifecycle", out var lifecycle)
                ? lifecycle.GetProperty("preStop").GetProperty("sleep").GetProperty("seconds").GetInt32()
                : 0;
            var grace = TimeSpan.FromSeconds(pod.GetProperty("terminationGracePeriodSeconds").GetInt32() - wait);
            Assert.True(grace > new HostOptions().ShutdownTimeout, name);
        }
    }

    [Fact]
    public async Task No_pod_may_more_than_it_needs()
    {
        foreach (var deployment in await OfKindAsync("Deployment"))
        {
            var pod = deployment.GetProperty("spec").GetProperty("template").GetProperty("spec");
            Assert.True(pod.GetProperty("securityContext").GetProperty("runAsNonRoot").GetBoolean());
            Assert.False(pod.GetProperty("automountServiceAccountToken").GetBoolean());
            var security = Assert.Single(pod.GetProperty("containers").EnumerateArray()).GetProperty("securityContext");
            Assert.True(security.GetProperty("readOnlyRootFilesystem").GetBoolean());
            Assert.False(security.GetProperty("privileged").GetBoolean());
            Assert.False(security.GetProperty("allowPrivilegeEscalation").GetBoolean());
            Assert.Equal(["ALL"], Texts(security.GetProperty("capabilities").GetProperty("drop")));
        }
    }

    [Fact]
    public async Task The_configuration_says_only_what_the_services_know()
    {
        var map = Named(await OfKindAsync("ConfigMap"), "bank-configuration").GetProperty("data");

        Assert.All(
            map.EnumerateObject().Select(variable => variable.Name),
            variable => Assert.True(ConfigurationTable.HasVariable(variable), variable));
        Assert.DoesNotContain("password", map.GetRawText(), StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task Every_pod_has_the_certificates_that_the_configuration_names()
    {
        var map = Named(await OfKindAsync("ConfigMap"), "bank-configuration").GetProperty("data");
        foreach (var (_, name) in Repository.Services)
        {
            var pod = Named(await OfKindAsync("Deployment"), name).GetProperty("spec").GetProperty("template").GetProperty("spec");
            var volume = Assert.Single(pod.GetProperty("volumes").EnumerateArray());
            var mount = Assert.Single(Assert.Single(pod.GetProperty("containers").EnumerateArray())
                .GetProperty("volumeMounts").EnumerateArray());
            Assert.Equal("bank-tls", volume.GetProperty("secret").GetProperty("secretName").GetString());
            Assert.Equal(volume.GetProperty("name").GetString(), mount.GetProperty("name").GetString());
            Assert.True(mount.GetProperty("readOnly").GetBoolean());
            foreach (var (key, file) in new[]
            {
                ("Kestrel__Certificates__Default__Path", "tls.crt"),
                ("Kestrel__Certificates__Default__KeyPath", "tls.key"),
                ("Bank__Security__ClientCaFile", "ca.crt"),
            })
            {
                Assert.Equal($"{mount.GetProperty("mountPath").GetString()}/{file}", map.GetProperty(key).GetString());
            }
        }
    }

    [Fact]
    public async Task Projectors_are_scaled_up_to_the_number_of_partitions_and_no_further()
    {
        var scaler = Assert.Single(await OfKindAsync("HorizontalPodAutoscaler")).GetProperty("spec");
        var map = Named(await OfKindAsync("ConfigMap"), "bank-configuration").GetProperty("data");

        Assert.Equal("projection-service", scaler.GetProperty("scaleTargetRef").GetProperty("name").GetString());
        Assert.Equal(
            map.GetProperty("Bank__PartitionCount").GetString(),
            scaler.GetProperty("maxReplicas").GetRawText());
        // The autoscaler's word must not be undone by each `kubectl apply`.
        Assert.False(Named(await OfKindAsync("Deployment"), "projection-service").GetProperty("spec")
            .TryGetProperty("replicas", out _));
    }

    [Fact]
    public async Task Everything_that_selects_pods_selects_those_of_a_service()
    {
        var known = Repository.Services.Select(service => service.Name).ToList();
        foreach (var (project, name) in Repository.Services)
        {
            var deployment = Named(await OfKindAsync("Deployment"), name).GetProperty("spec");
            Assert.Equal(name, Label(deployment.GetProperty("selector").GetProperty("matchLabels")));
            Assert.Equal(
                name, Label(deployment.GetProperty("template").GetProperty("metadata").GetProperty("labels")));
            var service = Named(await OfKindAsync("Service"), name).GetProperty("spec");
            Assert.Equal(name, Label(service.GetProperty("selector")));
            var port = Assert.Single(service.GetProperty("ports").EnumerateArray());
            Assert.Equal(Repository.PortOf(project, "http"), port.GetProperty("port").GetInt32());
            Assert.Equal("grpc", port.GetProperty("targetPort").GetString());
            var budget = Named(await OfKindAsync("PodDisruptionBudget"), name).GetProperty("spec");
            Assert.Equal(name, Label(budget.GetProperty("selector").GetProperty("matchLabels")));
        }
        foreach (var policy in await OfKindAsync("NetworkPolicy"))
        {
            var pods = policy.GetProperty("spec").GetProperty("podSelector");
            if (pods.TryGetProperty("matchLabels", out var labels))
            {
                Assert.Contains(Label(labels), known);
            }
            if (pods.TryGetProperty("matchExpressions", out var expressions))
            {
                Assert.Empty(Texts(expressions[0].GetProperty("values")).Except(known));
            }
        }
    }

    private static string[] Files() =>
        [.. Directory.GetFiles(Folder, "*.yaml").Where(file => Path.GetFileName(file) != Kustomization)];

    private static async Task<JsonElement[]> OfKindAsync(string kind) =>
        [.. (await Documents.Value).Where(document => document.GetProperty("kind").GetString() == kind)];

    private static JsonElement Named(JsonElement[] documents, string name) => Assert.Single(
        documents, document => document.GetProperty("metadata").GetProperty("name").GetString() == name);

    private static string ImageOf(JsonElement deployment) => Assert.Single(
        deployment.GetProperty("spec").GetProperty("template").GetProperty("spec").GetProperty("containers")
            .EnumerateArray()).GetProperty("image").GetString()!;

    private static (string?, string?, string?) Probe(JsonElement container, string name)
    {
        var get = container.GetProperty(name).GetProperty("httpGet");
        return (
            get.GetProperty("path").GetString(), get.GetProperty("port").GetString(), get.GetProperty("scheme").GetString());
    }

    private static string? Label(JsonElement labels) => labels.GetProperty("app.kubernetes.io/name").GetString();

    private static string[] Texts(JsonElement list) => [.. list.EnumerateArray().Select(item => item.GetString()!)];
}
