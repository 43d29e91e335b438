using System.Globalization;
using System.Text;

namespace BankAccounts.AppHost.Engines;

/// <summary>
/// The lines of a <c>key=value</c> configuration file, in the order in which they were added.
/// </summary>
public sealed class Properties
{
    private readonly List<KeyValuePair<string, string>> lines = [];

    /// <summary>The value of a key.</summary>
    /// <exception cref="KeyNotFoundException">There is no such key.</exception>
    public string this[string key] =>
        lines.Find(line => line.Key == key).Value ?? throw new KeyNotFoundException(key);

    /// <summary>Adds a line. A key may be set once only.</summary>
    public Properties Set(string key, string value)
    {
        if (Has(key))
        {
            throw new ArgumentException($"'{key}' is set twice.", nameof(key));
        }

        lines.Add(new(key, value));
        return this;
    }

    /// <inheritdoc cref="Set(string, string)" />
    public Properties Set(string key, long value) =>
        Set(key, value.ToString(CultureInfo.InvariantCulture));

    /// <inheritdoc cref="Set(string, string)" />
    public Properties Set(string key, bool value) => Set(key, value ? "true" : "false");

    /// <summary>Whether the key is set.</summary>
    public bool Has(string key) => lines.Exists(line => line.Key == key);

    /// <summary>
    /// Writes the file, separating key and value as the program that reads it wants.
    /// </summary>
    public void WriteTo(string path, char separator = '=')
    {
        var text = new StringBuilder();
        foreach (var (key, value) in lines)
        {
            text.Append(key).Append(separator).Append(value).Append('\n');
        }

        File.WriteAllText(path, text.ToString());
    }
}
