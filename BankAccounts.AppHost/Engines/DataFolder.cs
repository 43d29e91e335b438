using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace BankAccounts.AppHost.Engines;

/// <summary>
/// The folder where the local engines keep their data: <c>.bank/data</c> beside the AppHost, or
/// what <c>--data</c> says. It outlives the AppHost; <c>--fresh</c> starts with empty engines. One
/// AppHost at a time holds it, because two Redis servers on one append-only file would destroy it.
/// </summary>
/// <remarks>
/// It is a hosted service so that the host disposes it last, and lets the folder go.
/// </remarks>
public sealed class DataFolder : IHostedService, IDisposable
{
    private readonly FileStream hold;
    private readonly bool fresh;

    private DataFolder(string path, FileStream hold, bool fresh)
    {
        Path = path;
        this.hold = hold;
        this.fresh = fresh;
    }

    /// <summary>The absolute path of the folder.</summary>
    public string Path { get; }

    /// <summary>
    /// Takes hold of the builder's data folder; the second call gives the same one.
    /// </summary>
    /// <exception cref="BankStartException">
    /// Another AppHost holds it, or it cannot be written.
    /// </exception>
    public static DataFolder Of(IDistributedApplicationBuilder builder)
    {
        var registered = builder.Services
            .LastOrDefault(service => service.ServiceType == typeof(DataFolder));
        if (registered?.ImplementationInstance is DataFolder known)
        {
            return known;
        }

        var path = builder.Configuration["data"] is { Length: > 0 } asked
            ? asked
            : System.IO.Path.Combine(builder.AppHostDirectory, "..", ".bank", "data");
        var folder = Open(
            System.IO.Path.GetFullPath(path), builder.Configuration.GetValue<bool>("fresh"));
        builder.Services.AddSingleton(folder);
        // A container disposes what it made itself, and an instance is not that.
        builder.Services.AddHostedService(_ => folder);
        return folder;
    }

    /// <summary>Takes hold of a folder, and makes it if it is missing.</summary>
    /// <exception cref="BankStartException">
    /// Another AppHost holds it, or it cannot be written.
    /// </exception>
    public static DataFolder Open(string path, bool fresh)
    {
        try
        {
            Directory.CreateDirectory(path);
            var hold = new FileStream(
                System.IO.Path.Combine(path, ".held"),
                FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            return new DataFolder(path, hold, fresh);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw new BankStartException(
                $"The data folder {path} cannot be used; is another AppHost running on it? "
                + $"({problem.Message}) Give this one its own with --data <folder>.");
        }
    }

    /// <summary>
    /// The absolute path of an engine's own folder. It exists afterwards, and is empty if a fresh
    /// start was asked for: only this folder, as <c>--data</c> may point to one that holds other
    /// things too.
    /// </summary>
    /// <exception cref="BankStartException">It cannot be written.</exception>
    public string For(string engine)
    {
        var folder = new DirectoryInfo(System.IO.Path.Combine(Path, engine));
        try
        {
            if (fresh && folder.Exists)
            {
                folder.Delete(recursive: true);
            }

            folder.Create();
            return folder.FullName;
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw new BankStartException(
                $"The data folder {folder} cannot be used: {problem.Message}");
        }
    }

    /// <inheritdoc />
    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc />
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc />
    public void Dispose() => hold.Dispose();
}
