using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using BankAccounts.AppHost;
using BankAccounts.CommandService;
using BankAccounts.ProjectionService;
using BankAccounts.QueryService;
using BankAccounts.ServiceDefaults;
using BankAccounts.ServiceDefaults.GrpcHosting;
using BankAccounts.ServiceDefaults.RedisClient;
using BankAccounts.ServiceDefaults.Security;
using BankAccounts.Tests.Files;
using Microsoft.Extensions.Configuration;

namespace BankAccounts.Deployment.Tests;

/// <summary>docs/CONFIGURATION.md says of every key what the code says.</summary>
public sealed partial class ConfigurationTests
{
    private static readonly (string Section, Type Options)[] Sections =
    [
        (BankOptions.Section, typeof(BankOptions)),
        (CommandOptions.Section, typeof(CommandOptions)),
        (ProjectionOptions.Section, typeof(ProjectionOptions)),
        (QueryOptions.Section, typeof(QueryOptions)),
        (GrpcLimits.Section, typeof(GrpcLimits)),
        (SecurityOptions.Section, typeof(SecurityOptions)),
    ];

    private static readonly string[] AskingProjects = ["BankAccounts.ServiceDefaults", "BankAccounts.AppHost"];

    [Fact]
    public void Every_option_of_a_service_has_a_row_with_its_default_and_its_bounds()
    {
        foreach (var (key, property, options) in Options())
        {
            var row = Assert.Contains(key, ConfigurationTable.Rows);
            Assert.StartsWith(Default(property.GetValue(options)), row.Default, StringComparison.Ordinal);
            if (property.GetCustomAttribute<RangeAttribute>() is { } range)
            {
                Assert.Equal(
                    string.Create(CultureInfo.InvariantCulture, $"{range.Minimum:N0} … {range.Maximum:N0}"), row.Bounds);
            }
        }
    }

    [Fact]
    public void The_AppHost_leaves_a_bank_of_twelve_partitions_the_accounts_in_memory_that_the_service_takes() =>
        Assert.Equal(new ProjectionOptions().MaxCachedAccounts, AccountCache.OfPartition(12));

    [Fact]
    public void Every_time_is_bounded_and_says_so_with_its_name()
    {
        // GrpcLimits has narrower bounds, and tests of its own.
        foreach (var (key, property, _) in Options().Where(option => option.Property.PropertyType == typeof(TimeSpan)
            && option.Property.DeclaringType != typeof(GrpcLimits)))
        {
            var bounds = property.GetCustomAttribute<PositiveTimeAttribute>();
            Assert.True(bounds is not null, key);
            Assert.Contains(property.Name, bounds.FormatErrorMessage(property.Name), StringComparison.Ordinal);
            Assert.True(bounds.IsValid(TimeSpan.FromTicks(1)) && bounds.IsValid(PositiveTimeAttribute.Longest));
            Assert.False(bounds.IsValid(TimeSpan.Zero) || bounds.IsValid(TimeSpan.FromSeconds(-1)));
            Assert.False(bounds.IsValid(PositiveTimeAttribute.Longest + TimeSpan.FromTicks(1)));
        }
    }

    [Fact]
    public void Every_row_of_an_options_section_is_an_option()
    {
        var known = Options().Select(option => option.Key).ToHashSet();
        var rows = ConfigurationTable.Rows.Keys
            .Where(key => Sections.Any(section => key.StartsWith($"{section.Section}:", StringComparison.Ordinal)))
            .ToList();

        Assert.Equal(known.Order(StringComparer.Ordinal), rows.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Every_key_that_a_service_is_built_with_has_a_row_that_says_its_value()
    {
        foreach (var project in Repository.Services.Select(service => service.Project).Append("BankAccounts.AppHost"))
        {
            foreach (var (key, value) in Repository.SettingsOf(project))
            {
                var row = Assert.Contains(key, ConfigurationTable.Rows);
                Assert.Contains($"`{value}`", row.Default, StringComparison.Ordinal);
            }
        }
    }

    [Fact]
    public void Every_variable_that_the_code_asks_for_by_name_has_a_row()
    {
        var asked = AskingProjects
            .SelectMany(project => Directory.EnumerateFiles(
                RepositoryFiles.PathOf(project), "*.cs", SearchOption.AllDirectories))
            .SelectMany(file => Asked().Matches(File.ReadAllText(file)))
            .Select(name => name.Groups["name"].Value)
            .Distinct()
            .Where(name => name != "PATH")
            .ToList();

        Assert.InRange(asked.Count, 7, 100);
        Assert.All(asked, name => Assert.Contains(name, ConfigurationTable.Rows));
    }

    [Fact]
    public void The_environment_form_follows_from_the_key()
    {
        foreach (var row in ConfigurationTable.Rows.Values)
        {
            Assert.Contains(
                row.Variable, new[] { row.Key.Replace(":", "__", StringComparison.Ordinal), $"DOTNET_{row.Key}" });
        }
    }

    [Fact]
    public void Every_setting_of_the_AppHost_has_a_row_with_its_default_and_the_bounds_that_it_enforces()
    {
        var defaults = new BankSettings();
        foreach (var property in Properties(typeof(BankSettings)))
        {
            var key = property.Name == nameof(BankSettings.TopicIsManaged)
                ? "Bank:TopicIsManaged"
                : string.Concat(property.Name.Select((letter, index) =>
                    index > 0 && char.IsUpper(letter) ? $"-{letter}" : $"{letter}")).ToLowerInvariant();
            var row = Assert.Contains(key, ConfigurationTable.Rows);
            Assert.Contains("H", row.Readers, StringComparison.Ordinal);
            var value = property.GetValue(defaults);
            Assert.StartsWith(Default(value), row.Default, StringComparison.Ordinal);
            if (property.PropertyType == typeof(int) || property.PropertyType == typeof(int?))
            {
                var bounds = row.Bounds.Split(" … ").Select(bound => int.Parse(
                    bound, NumberStyles.AllowThousands, CultureInfo.InvariantCulture)).ToArray();
                Assert.Equal(bounds[0], property.GetValue(Read(key, bounds[0])));
                Assert.Equal(bounds[1], property.GetValue(Read(key, bounds[1])));
                Assert.Throws<BankStartException>(() => Read(key, bounds[0] - 1));
                Assert.Throws<BankStartException>(() => Read(key, bounds[1] + 1));
            }
        }
    }

    [Fact]
    public void What_a_small_machine_has_is_told()
    {
        foreach (var (key, count) in new[]
        {
            ("partitions", MachineSize.Small.Partitions),
            ("command-services", MachineSize.Small.CommandServices),
            ("projectors", MachineSize.Small.Projectors),
        })
        {
            Assert.Contains(
                $"`{count}` on up to two cores", ConfigurationTable.Rows[key].Default, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void The_times_that_stand_before_a_Redis_connection_string_are_told()
    {
        var said = File.ReadAllText(RepositoryFiles.PathOf("docs", "CONFIGURATION.md"));
        Assert.Contains($"`{RedisTimes.Under(string.Empty).TrimEnd(',')}`", said, StringComparison.Ordinal);
    }

    private static BankSettings Read(string key, int value) => BankSettings.Read(new ConfigurationBuilder()
        .AddInMemoryCollection([new(key, value.ToString(CultureInfo.InvariantCulture))])
        .Build());

    private static IEnumerable<(string Key, PropertyInfo Property, object Options)> Options() =>
        from section in Sections
        let options = Activator.CreateInstance(section.Options)!
        from property in Properties(section.Options)
        select ($"{section.Section}:{property.Name}", property, options);

    private static IEnumerable<PropertyInfo> Properties(Type options) =>
        options.GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .Where(property => property.SetMethod is { IsPublic: true }
                && property.GetCustomAttribute<CompilerGeneratedAttribute>() is null);

    private static string Default(object? value) => value is null or string[] { Length: 0 } ? "none" : $"`{Text(value)}`";

    private static string Text(object? value) => value switch
    {
        bool flag => flag ? "true" : "false",
        TimeSpan time => time.ToString("c", CultureInfo.InvariantCulture),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
    };

    [GeneratedRegex(@"(?:""|GetEnvironmentVariable\("")(?<name>OTEL_\w+|Telemetry:\w+|(?<=Variable\("")\w+)""")]
    private static partial Regex Asked();
}
