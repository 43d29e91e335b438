using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;
using Grpc.AspNetCore.Server;
using Grpc.Core;
using Grpc.Net.Client;
using Grpc.Net.Compression;
using Xunit;

namespace StandIns.GrpcTests;

/// <summary>
/// The genuine server and client find in the stand-ins all that they were built with.
/// </summary>
public sealed class GenuineReferenceTests
{
    private static readonly string[] s_standIns = ["Grpc.Core.Api", "Grpc.Net.Common"];

    // A reference into a generic type is resolved within one instance of it. Object fits every
    // constraint.
    private static readonly Type[] s_typeArguments = [.. Enumerable.Repeat(typeof(object), 8)];

    public static TheoryData<Type> Genuine => [typeof(GrpcServiceOptions), typeof(GrpcChannel)];

    [Theory]
    [InlineData(typeof(RpcException), "Grpc.Core.Api")]
    [InlineData(typeof(ICompressionProvider), "Grpc.Net.Common")]
    public void The_stand_in_has_the_identity_that_is_asked_for(Type type, string name)
    {
        var identity = type.Assembly.GetName();
        var genuine = typeof(GrpcChannel).Assembly.GetName();

        Assert.Equal(name, identity.Name);
        Assert.Equal(new Version(2, 0, 0, 0), identity.Version);
        Assert.Equal("D754F35622E28BAD", Convert.ToHexString(identity.GetPublicKeyToken()!));
        Assert.Equal(genuine.GetPublicKey(), identity.GetPublicKey());
    }

    [Theory]
    [MemberData(nameof(Genuine))]
    public void Every_type_and_member_that_a_genuine_assembly_refers_to_is_there(Type type)
    {
        using var file = new PEReader(File.OpenRead(type.Assembly.Location));
        var metadata = file.GetMetadataReader();
        var types = metadata.TypeReferences.Where(type => IsStandIn(metadata, type)).ToList();
        var members = metadata.MemberReferences.Where(one => IsStandIn(metadata, one)).ToList();

        var missing = types.Select(handle => Missing(type.Module, metadata, handle))
            .Concat(members.Select(handle => Missing(type.Module, metadata, handle)))
            .OfType<string>();

        Assert.Empty(missing);
        Assert.InRange(types.Count, 30, int.MaxValue);
        Assert.InRange(members.Count, 60, int.MaxValue);
    }

    [Theory]
    [MemberData(nameof(Genuine))]
    public void Every_type_of_a_genuine_assembly_loads(Type type)
    {
        // Loading checks what no reference shows: overridden members and implemented interfaces.
        Assert.NotEmpty(type.Assembly.GetTypes());
    }

    private static bool IsStandIn(MetadataReader metadata, EntityHandle handle)
    {
        switch (handle.Kind)
        {
            case HandleKind.MemberReference:
                var member = metadata.GetMemberReference((MemberReferenceHandle)handle);
                return IsStandIn(metadata, member.Parent);
            case HandleKind.TypeReference:
                var type = metadata.GetTypeReference((TypeReferenceHandle)handle);
                return IsStandIn(metadata, type.ResolutionScope);
            case HandleKind.TypeSpecification:
                var instance = metadata.GetTypeSpecification((TypeSpecificationHandle)handle);
                return IsStandIn(metadata, GenericType(metadata, instance));
            case HandleKind.AssemblyReference:
                var assembly = metadata.GetAssemblyReference((AssemblyReferenceHandle)handle);
                return s_standIns.Contains(metadata.GetString(assembly.Name));
            default:
                return false;
        }
    }

    /// <summary>The type behind a generic instance; nil for arrays and parameters.</summary>
    private static EntityHandle GenericType(MetadataReader metadata, TypeSpecification instance)
    {
        var blob = metadata.GetBlobReader(instance.Signature);
        if (blob.ReadSignatureTypeCode() != SignatureTypeCode.GenericTypeInstance)
        {
            return default;
        }

        blob.ReadByte(); // class or value type
        return blob.ReadTypeHandle();
    }

    private static string? Missing(Module module, MetadataReader metadata, EntityHandle handle)
    {
        try
        {
            module.ResolveMember(MetadataTokens.GetToken(handle), s_typeArguments, s_typeArguments);
            return null;
        }
        catch (Exception e) when (e is TypeLoadException or MissingMemberException)
        {
            return $"{e.Message} ({metadata.GetToken(handle):x8})";
        }
    }
}
