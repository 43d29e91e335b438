namespace BankAccounts.ServiceDefaults.Security;

/// <summary>
/// Who may come in. Configuration section <c>Bank:Security</c>. Without a <see cref="ClientCaFile"/> nobody is asked
/// who he is, and the service listens on the loopback interface only. The server's own certificates are Kestrel's
/// section.
/// </summary>
/// <remarks>
/// Callers are named by what stands in their certificates: <c>DNS:…</c> and <c>URI:…</c> for a subject alternative
/// name, <c>SUBJECT:…</c> for the whole subject. Names are compared letter by letter; there are no wildcards.
/// </remarks>
public sealed record SecurityOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Bank:Security";

    /// <summary>
    /// The file with the certificates (PEM) that clients' certificates must come from: roots, and the intermediate
    /// ones between. It is read at the start.
    /// </summary>
    public string? ClientCaFile { get; init; }

    /// <summary>The callers that may read accounts.</summary>
    public string[] Readers { get; init; } = [];

    /// <summary>The callers that may move money and read accounts.</summary>
    public string[] Tellers { get; init; } = [];

    /// <summary>The callers that may use LedgerService.</summary>
    public string[] Operators { get; init; } = [];

    /// <summary>
    /// The file with the certificates (PEM) that the certificate of Redis must come from; with it the connection
    /// uses TLS, whatever its connection string says. Without it, what the machine trusts counts where there is
    /// <c>ssl=true</c>.
    /// </summary>
    public string? RedisCaFile { get; init; }

    /// <summary>Whether callers are asked who they are.</summary>
    internal bool AsksCallers => !string.IsNullOrEmpty(ClientCaFile);

    /// <summary>The names of each role.</summary>
    internal (string Role, string Key, string[] Names)[] NamesByRole =>
    [
        (Roles.Reader, nameof(Readers), Readers),
        (Roles.Teller, nameof(Tellers), Tellers),
        (Roles.Operator, nameof(Operators), Operators),
    ];

    internal IEnumerable<string> Problems()
    {
        foreach (var (_, key, names) in NamesByRole)
        {
            if (names.Length > 0 && !AsksCallers)
            {
                yield return $"{Section}:{key} names callers, which needs {Section}:{nameof(ClientCaFile)}.";
            }
            foreach (var name in names.Where(name => !CertificateNames.IsName(name)))
            {
                yield return $"{Section}:{key}: '{name}' must begin with DNS:, URI: or SUBJECT:, and go on.";
            }
        }
        foreach (var (key, file) in new[] { (nameof(ClientCaFile), ClientCaFile), (nameof(RedisCaFile), RedisCaFile) })
        {
            if (!string.IsNullOrEmpty(file) && Authorities.ProblemOf(file) is { } problem)
            {
                yield return $"{Section}:{key}: {problem}";
            }
        }
    }
}
