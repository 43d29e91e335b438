using BankAccounts.AppHost.Engines;

namespace BankAccounts.AppHost.Tests;

public sealed class EngineChoiceTests
{
    [Theory]
    [InlineData("local", false, true, EngineKind.Local)]
    [InlineData("containers", true, false, EngineKind.Containers)]
    [InlineData(null, true, true, EngineKind.Local)]
    [InlineData(null, true, false, EngineKind.Local)]
    [InlineData(null, false, true, EngineKind.Containers)]
    [InlineData(null, false, false, EngineKind.Local)]
    public void What_was_asked_for_wins_then_programs_then_containers(
        string? asked, bool programsAreThere, bool daemonAnswers, EngineKind expected) =>
        Assert.Equal(expected, EngineChoice.Choose(asked, programsAreThere, () => daemonAnswers));

    [Fact]
    public void The_daemon_is_not_asked_when_its_answer_does_not_matter()
    {
        static bool MustNotBeAsked() => throw new InvalidOperationException("asked");

        EngineChoice.Choose("containers", programsAreThere: false, MustNotBeAsked);
        EngineChoice.Choose(null, programsAreThere: true, MustNotBeAsked);
    }
}
