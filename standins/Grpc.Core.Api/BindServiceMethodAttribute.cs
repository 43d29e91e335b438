using System.Diagnostics.CodeAnalysis;

namespace Grpc.Core;

/// <summary>
/// On a generated service base: which method hands out the service's methods. The server finds the
/// methods by it, reflection finds the descriptor (the type's static property Descriptor).
/// </summary>
[AttributeUsage(AttributeTargets.Class, AllowMultiple = false, Inherited = true)]
public class BindServiceMethodAttribute(
    [DynamicallyAccessedMembers(BindServiceMethodAttribute.FoundByReflection)] Type bindType,
    string bindMethodName) : Attribute
{
    private const DynamicallyAccessedMemberTypes FoundByReflection =
        DynamicallyAccessedMemberTypes.PublicMethods
        | DynamicallyAccessedMemberTypes.NonPublicMethods
        | DynamicallyAccessedMemberTypes.PublicProperties;

    [DynamicallyAccessedMembers(FoundByReflection)]
    public Type BindType { get; } = bindType;

    public string BindMethodName { get; } = bindMethodName;
}
