using BankAccounts.AppHost.Engines;

namespace BankAccounts.AppHost.Tests;

public sealed class DataFolderTests : IDisposable
{
    private readonly DirectoryInfo root = Directory.CreateTempSubdirectory("bank-data-");

    public void Dispose() => root.Delete(recursive: true);

    [Fact]
    public void Data_is_there_again_at_the_next_start()
    {
        Start(fresh: false, folder =>
            File.WriteAllText(Path.Combine(folder.For("redis"), "file"), "kept"));

        Start(fresh: false, folder =>
            Assert.Equal("kept", File.ReadAllText(Path.Combine(folder.For("redis"), "file"))));
    }

    [Fact]
    public void A_fresh_start_empties_the_engines_and_nothing_else()
    {
        var other = Path.Combine(root.FullName, "letter.txt");
        File.WriteAllText(other, "mine");
        Start(fresh: false, folder =>
            File.WriteAllText(Path.Combine(folder.For("redis"), "file"), "old"));

        Start(fresh: true, folder =>
            Assert.Empty(Directory.EnumerateFileSystemEntries(folder.For("redis"))));

        Assert.Equal("mine", File.ReadAllText(other));
    }

    [Fact]
    public void Only_one_AppHost_at_a_time_may_use_it()
    {
        using var first = DataFolder.Open(root.FullName, fresh: false);

        var problem = Assert.Throws<BankStartException>(
            () => DataFolder.Open(root.FullName, fresh: false));

        Assert.Contains(root.FullName, problem.Message, StringComparison.Ordinal);
        Assert.Contains("--data", problem.Message, StringComparison.Ordinal);
    }

    private void Start(bool fresh, Action<DataFolder> use)
    {
        using var folder = DataFolder.Open(root.FullName, fresh);
        use(folder);
    }
}
