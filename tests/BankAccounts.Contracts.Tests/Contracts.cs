using Google.Protobuf.Reflection;

namespace BankAccounts.Contracts.Tests;

/// <summary>Sets of file descriptors, as protoc writes them.</summary>
internal static class Contracts
{
    /// <summary>The contracts as they are, with their comments.</summary>
    public static FileDescriptorSet Current { get; } = Load("contracts.binpb");

    /// <summary>The contracts of the last release.</summary>
    public static FileDescriptorSet Released { get; } = Load("released.binpb");

    /// <summary>The project's own files of a set.</summary>
    public static IEnumerable<FileDescriptorProto> Own(this FileDescriptorSet set) =>
        set.File.Where(file => file.Name.StartsWith("bankaccounts/", StringComparison.Ordinal));

    private static FileDescriptorSet Load(string name)
    {
        using var stream = typeof(Contracts).Assembly.GetManifestResourceStream(name)
            ?? throw new InvalidOperationException($"{name} is not embedded.");
        return FileDescriptorSet.Parser.ParseFrom(stream);
    }
}
