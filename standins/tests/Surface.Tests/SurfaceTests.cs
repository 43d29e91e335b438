using System.Reflection;
using System.Runtime.CompilerServices;
using Xunit;

namespace StandIns.Surface;

/// <summary>
/// Each stand-in offers what its list says, which is a part of what the genuine package offers (standins/README.md).
/// </summary>
public sealed class SurfaceTests
{
    private const string ListName = "PublicAPI.txt";

    /// <summary>The folders of the stand-ins that are assemblies.</summary>
    public static TheoryData<string> StandIns =>
        [.. Directory.EnumerateFiles(Folder(), "*.csproj", SearchOption.AllDirectories)
            .Where(project => Path.GetRelativePath(Folder(), project).Split(Path.DirectorySeparatorChar).Length == 2)
            .Select(project => Path.GetFileNameWithoutExtension(project))
            .Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(StandIns))]
    public void A_stand_in_offers_what_its_list_says(string standIn)
    {
        var there = Read(Path.Combine(AppContext.BaseDirectory, $"{standIn}.dll"));
        var path = Path.Combine(Folder(), standIn, ListName);
        if (Environment.GetEnvironmentVariable("BANK_SURFACE_RENEW") == "true")
        {
            File.WriteAllLines(path, there);
        }

        // One that offers nothing, as the dashboard does, has an empty list.
        Assert.True(File.Exists(path), $"standins/{standIn}/{ListName} is missing.");
        var listed = File.ReadAllLines(path);
        var differences = there.Except(listed).Select(line => $"not listed: {line}")
            .Concat(listed.Except(there).Select(line => $"not there:  {line}")).ToList();
        Assert.True(differences.Count == 0, $"standins/{standIn}/{ListName}\n{string.Join('\n', differences)}");
        Assert.Equal(listed.Order(StringComparer.Ordinal), listed);
    }

    private static IReadOnlyList<string> Read(string path)
    {
        var known = Directory.EnumerateFiles(Path.GetDirectoryName(path)!, "*.dll")
            .Concat(((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator))
            .DistinctBy(Path.GetFileName);
        using var context = new MetadataLoadContext(new PathAssemblyResolver(known));
        return PublicSurface.Of(context.LoadFromAssemblyPath(path));
    }

    private static string Folder([CallerFilePath] string path = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(path)!, "..", ".."));
}
