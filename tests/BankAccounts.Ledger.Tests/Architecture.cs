using System.Reflection;
using System.Reflection.Emit;
using System.Runtime.CompilerServices;

namespace BankAccounts.Ledger.Tests;

/// <summary>Walks compiled types and names what they use: in signatures, fields and method bodies.</summary>
internal static class Architecture
{
    private const BindingFlags Everything = BindingFlags.Public | BindingFlags.NonPublic
        | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    private static readonly Dictionary<int, OpCode> OpCodesByValue = typeof(OpCodes)
        .GetFields(BindingFlags.Public | BindingFlags.Static)
        .Select(field => (OpCode)field.GetValue(null)!)
        .ToDictionary(code => (int)(ushort)code.Value);

    /// <summary>The members and types that a type and those nested in it use, by whom.</summary>
    public static IEnumerable<(string User, MemberInfo Used)> UsesOf(Type type)
    {
        var user = type.FullName!;
        foreach (var used in (Type?[])[type.BaseType, .. type.GetInterfaces()])
        {
            if (used is not null)
            {
                yield return (user, used);
            }
        }
        foreach (var field in type.GetFields(Everything))
        {
            yield return ($"{user}.{field.Name}", field.FieldType);
        }
        foreach (var method in type.GetMethods(Everything).Cast<MethodBase>().Concat(type.GetConstructors(Everything)))
        {
            foreach (var used in UsesOf(method))
            {
                yield return ($"{user}.{method.Name}", used);
            }
        }
        foreach (var use in type.GetNestedTypes(Everything).SelectMany(UsesOf))
        {
            yield return use;
        }
    }

    /// <summary>The types that a member or a type is made of, without arrays, references and arguments.</summary>
    public static IEnumerable<Type> TypesOf(MemberInfo member) => member switch
    {
        Type { HasElementType: true } type => TypesOf(type.GetElementType()!),
        Type { IsGenericParameter: true } => [],
        Type { IsConstructedGenericType: true } type =>
            [type.GetGenericTypeDefinition(), .. type.GetGenericArguments().SelectMany(TypesOf)],
        Type type => [type],
        MethodInfo { IsGenericMethod: true } method =>
            [.. TypesOf(method.DeclaringType!), .. method.GetGenericArguments().SelectMany(TypesOf)],
        _ => member.DeclaringType is { } declaring ? TypesOf(declaring) : [],
    };

    private static IEnumerable<MemberInfo> UsesOf(MethodBase method)
    {
        foreach (var parameter in method.GetParameters())
        {
            yield return parameter.ParameterType;
        }
        if (method is MethodInfo { ReturnType: var returned })
        {
            yield return returned;
        }
        if (method.GetMethodBody() is not { } body)
        {
            yield break;
        }
        foreach (var local in body.LocalVariables)
        {
            yield return local.LocalType;
        }
        var typeArguments = method.DeclaringType!.IsGenericType ? method.DeclaringType.GetGenericArguments() : null;
        var methodArguments = method.IsGenericMethod ? method.GetGenericArguments() : null;
        foreach (var token in TokensOf(body.GetILAsByteArray()!))
        {
            yield return method.Module.ResolveMember(token, typeArguments, methodArguments)!;
        }
    }

    private static IEnumerable<int> TokensOf(byte[] code)
    {
        for (var at = 0; at < code.Length;)
        {
            var value = code[at] == 0xFE ? 0xFE00 | code[at + 1] : code[at];
            var opCode = OpCodesByValue[value];
            at += opCode.Size;
            if (opCode.OperandType is OperandType.InlineField or OperandType.InlineMethod
                or OperandType.InlineTok or OperandType.InlineType)
            {
                yield return BitConverter.ToInt32(code, at);
            }
            at += opCode.OperandType switch
            {
                OperandType.InlineNone => 0,
                OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar => 1,
                OperandType.InlineVar => 2,
                OperandType.InlineI8 or OperandType.InlineR => 8,
                OperandType.InlineSwitch => 4 + (4 * BitConverter.ToInt32(code, at)),
                _ => 4,
            };
        }
    }

    /// <summary>Whether the compiler wrote this type, for the whole assembly or for one method.</summary>
    public static bool IsCompilerGenerated(Type type) =>
        type.IsDefined(typeof(CompilerGeneratedAttribute), inherit: false) || type.Name.StartsWith('<');
}
