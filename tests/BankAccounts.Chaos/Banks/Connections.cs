using System.Globalization;

namespace BankAccounts.Chaos;

/// <summary>The TCP connections of a process, as Linux lists them.</summary>
internal static class Connections
{
    private static readonly string[] Tables = ["tcp", "tcp6"];

    private const string Socket = "socket:[";

    // Columns of /proc/net/tcp: both addresses are "address:port" in hexadecimal.
    private const int LocalAddress = 1;
    private const int RemoteAddress = 2;
    private const int Inode = 9;

    /// <summary>The local ports of its connections to a port of this machine.</summary>
    public static IReadOnlyList<int> Of(int processId, int remotePort)
    {
        var sockets = SocketsOf(processId);
        return
        [
            .. Tables
                .SelectMany(table => Lines(string.Create(CultureInfo.InvariantCulture, $"/proc/{processId}/net/{table}")))
                .Skip(1)
                .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
                .Where(columns => columns.Length > Inode && sockets.Contains(columns[Inode])
                    && PortOf(columns[RemoteAddress]) == remotePort)
                .Select(columns => PortOf(columns[LocalAddress])),
        ];
    }

    private static HashSet<string> SocketsOf(int processId)
    {
        try
        {
            return [.. new DirectoryInfo(string.Create(CultureInfo.InvariantCulture, $"/proc/{processId}/fd"))
                .EnumerateFileSystemInfos().Select(file => file.LinkTarget)
                .Where(target => target?.StartsWith(Socket, StringComparison.Ordinal) == true)
                .Select(target => target![Socket.Length..^1])];
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    private static string[] Lines(string file)
    {
        try
        {
            return File.ReadAllLines(file);
        }
        catch (IOException)
        {
            return [];
        }
    }

    private static int PortOf(string address) =>
        int.TryParse(
            address[(address.LastIndexOf(':') + 1)..], NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var port)
            ? port
            : 0;
}
