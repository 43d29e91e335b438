using Google.Protobuf.Reflection;

namespace BankAccounts.Contracts.Tests;

/// <summary>
/// The contracts against those of the last release, <c>released.binpb</c>. A release replaces that file with the
/// descriptor set that this project's build writes (docs/API.md).
/// </summary>
public sealed class BreakingChangeTests
{
    [Fact]
    public void Nothing_that_callers_or_the_log_rely_on_has_changed_since_the_last_release() =>
        Assert.Empty(Breaking.Between(Contracts.Released, Contracts.Current));

    [Fact]
    public void The_last_release_has_the_whole_contract()
    {
        Assert.Equal(3, Contracts.Released.Own().Sum(file => file.Service.Count));
        Assert.Contains(Contracts.Released.Own(), file => file.Package == "bankaccounts.log.v1");
    }

    public static TheoryData<string, Action<FileDescriptorSet>> Changes() => new()
    {
        { "a file is gone", set => set.File.Remove(set.File.First(file => file.Package == "bankaccounts.v1")) },
        { "another package", set => Decision(set).Package = "bankaccounts.v2" },
        { "a field is gone", set => Position(set).Field.RemoveAt(1) },
        { "a field has another number", set => Position(set).Field[1].Number = 9 },
        { "a field has another type", set => Position(set).Field[1].Type = FieldDescriptorProto.Types.Type.Int32 },
        { "a field is repeated", set => Position(set).Field[1].Label = FieldDescriptorProto.Types.Label.Repeated },
        { "a field has another name", set => Position(set).Field[1].Name = "place" },
        { "a message is gone", set => Decision(set).MessageType.Remove(Position(set)) },
        { "an enum value is gone", set => Decision(set).EnumType[0].Value.RemoveAt(1) },
        { "an enum value has another name", set => Decision(set).EnumType[0].Value[1].Name = "OUTCOME_FINE" },
        { "a method is gone", set => Service(set).Method.RemoveAt(0) },
        { "a method streams", set => Service(set).Method[0].ServerStreaming ^= true },
        { "a method takes another message", set => Service(set).Method[0].InputType = ".bankaccounts.v1.Position" },
    };

    [Theory]
    [MemberData(nameof(Changes))]
    public void A_breaking_change_is_found(string what, Action<FileDescriptorSet> change)
    {
        Assert.NotNull(what);
        var changed = Contracts.Current.Clone();
        change(changed);
        Assert.NotEmpty(Breaking.Between(Contracts.Current, changed));
    }

    [Fact]
    public void What_is_added_or_removed_with_its_number_reserved_breaks_nobody()
    {
        var changed = Contracts.Current.Clone();
        var position = Position(changed);
        position.ReservedName.Add(position.Field[1].Name);
        position.ReservedRange.Add(new DescriptorProto.Types.ReservedRange { Start = 2, End = 3 });
        position.Field.RemoveAt(1);
        position.Field.Add(new FieldDescriptorProto { Name = "more", Number = 100 });
        Assert.Empty(Breaking.Between(Contracts.Current, changed));
    }

    private static FileDescriptorProto Decision(FileDescriptorSet set) =>
        set.File.Single(file => file.Name == "bankaccounts/v1/decision.proto");

    private static DescriptorProto Position(FileDescriptorSet set) =>
        Decision(set).MessageType.Single(message => message.Name == "Position");

    private static ServiceDescriptorProto Service(FileDescriptorSet set) =>
        set.File.Single(file => file.Name == "bankaccounts/v1/command_service.proto").Service[0];
}
