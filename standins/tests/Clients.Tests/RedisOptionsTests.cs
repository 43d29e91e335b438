using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using StackExchange.Redis;

namespace Clients.Tests;

public sealed class RedisOptionsTests
{
    private readonly HostApplicationBuilder _builder = Host.CreateEmptyApplicationBuilder(null);

    [Fact]
    public void The_client_does_not_give_up_when_the_first_connection_fails()
        => Assert.False(Options("localhost:6379").AbortOnConnectFail);

    [Fact]
    public void The_connection_string_can_make_it_give_up()
        => Assert.True(Options("localhost:6379,abortConnect=true").AbortOnConnectFail);

    [Fact]
    public void The_section_can_make_it_give_up()
    {
        Configure("ConfigurationOptions:AbortOnConnectFail", "true");
        Assert.True(Options("localhost:6379").AbortOnConnectFail);
    }

    [Fact]
    public void The_named_section_wins_over_the_common_one_and_both_over_the_connection_string()
    {
        Configure("ConfigurationOptions:KeepAlive", "11");
        Configure("ConfigurationOptions:ConnectRetry", "4");
        Configure("redis:ConfigurationOptions:KeepAlive", "12");

        var options = Options("localhost:6379,keepAlive=10,connectRetry=9,syncTimeout=1234");

        Assert.Equal(12, options.KeepAlive);
        Assert.Equal(4, options.ConnectRetry);
        Assert.Equal(1234, options.SyncTimeout);
    }

    [Fact]
    public void The_delegate_and_later_configuration_of_the_options_have_the_last_word()
    {
        _builder.Services.PostConfigure<ConfigurationOptions>(o => o.ClientName = "post");

        var options = Options("localhost:6379,name=string,keepAlive=10", o => o.KeepAlive = 20);

        Assert.Equal(20, options.KeepAlive);
        Assert.Equal("post", options.ClientName);
    }

    [Fact]
    public void A_password_may_hold_an_equals_sign()
    {
        var options = Options("localhost:6379,password=a=b==,ssl=true");
        Assert.Equal("a=b==", options.Password);
        Assert.True(options.Ssl);
    }

    private void Configure(string key, string value)
        => _builder.Configuration[$"Aspire:StackExchange:Redis:{key}"] = value;

    private ConfigurationOptions Options(
        string connectionString, Action<ConfigurationOptions>? configure = null)
    {
        _builder.Configuration["ConnectionStrings:redis"] = connectionString;
        _builder.AddRedisClient("redis", configureOptions: configure);
        using var host = _builder.Build();
        return host.Services.GetRequiredService<IOptions<ConfigurationOptions>>().Value;
    }
}
