using System.Security.Cryptography;

namespace BankAccounts.AppHost.Engines;

/// <summary>
/// Names the volumes of engines that run as containers. They belong to the data folder: another
/// folder, or a fresh start, has other volumes. Old ones stay with the daemon until somebody prunes
/// them.
/// </summary>
public static class ContainerVolumes
{
    /// <summary>
    /// The volume of an engine; the same one at the next start on the same data folder.
    /// </summary>
    public static string Name(IDistributedApplicationBuilder builder, string engine)
    {
        if (builder.ExecutionContext.IsPublishMode)
        {
            return $"bankaccounts-{engine}";
        }

        var note = Path.Combine(DataFolder.Of(builder).For(engine), "container-volume");
        if (!File.Exists(note))
        {
            var suffix = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(4));
            File.WriteAllText(note, $"bankaccounts-{engine}-{suffix}");
        }

        return File.ReadAllText(note);
    }
}
