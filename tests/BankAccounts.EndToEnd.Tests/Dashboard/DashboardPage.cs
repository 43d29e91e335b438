using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace BankAccounts.EndToEnd.Tests.Dashboard;

/// <summary>The dashboard in a browser, as a person uses it.</summary>
internal sealed class DashboardPage : IAsyncDisposable
{
    private const float PatienceMs = 60_000;

    private readonly IPlaywright playwright;
    private readonly IBrowser browser;
    private readonly List<string> errors = [];

    private DashboardPage(IPlaywright playwright, IBrowser browser, IPage page)
    {
        this.playwright = playwright;
        this.browser = browser;
        Page = page;
        page.PageError += (_, error) => errors.Add(error);
        page.Console += (_, message) =>
        {
            if (message.Type == "error")
            {
                errors.Add(message.Text);
            }
        };
    }

    public IPage Page { get; }

    /// <summary>What went wrong in the page itself, and what its security policy kept from it.</summary>
    public IReadOnlyList<string> Errors => errors;

    public static async Task<DashboardPage> OpenAsync(string address)
    {
        SetDefaultExpectTimeout(PatienceMs);
        var playwright = await Playwright.CreateAsync();
        var browser = await playwright.Chromium.LaunchAsync(
            new BrowserTypeLaunchOptions { ExecutablePath = DashboardFactAttribute.Browser });
        var context = await browser.NewContextAsync(
            new BrowserNewContextOptions { ViewportSize = new ViewportSize { Width = 1280, Height = 800 } });
        var page = await context.NewPageAsync();
        page.SetDefaultTimeout(PatienceMs);
        var opened = new DashboardPage(playwright, browser, page);
        await page.GotoAsync(address);
        return opened;
    }

    /// <summary>A page of somebody else's in the same browser, at an address of its own.</summary>
    public async Task<IPage> OpenForeignAsync(string address)
    {
        var page = await Page.Context.NewPageAsync();
        await page.RouteAsync(address, route => route.FulfillAsync(
            new RouteFulfillOptions { ContentType = "text/html", Body = "<p>Look, kittens!</p>" }));
        await page.GotoAsync(address);
        return page;
    }

    /// <summary>What somebody without the cookie gets.</summary>
    public async Task<int> StatusForStrangersAsync(string address)
    {
        await using var stranger = await browser.NewContextAsync();
        return (await stranger.APIRequest.GetAsync(address)).Status;
    }

    public async Task GoToAsync(string view)
    {
        await Page.GetByRole(AriaRole.Navigation).GetByText(view, new LocatorGetByTextOptions { Exact = true }).ClickAsync();
        await Expect(Page.Locator("nav a[aria-current]")).ToHaveTextAsync(view);
    }

    public ILocator RowsOf(string resource) => Page.Locator($"tr[data-resource^='{resource}']");

    /// <summary>Gives a command to the first replica that has it; a prompt is answered if there is an answer.</summary>
    /// <returns>How it ended, its message, and what it brought.</returns>
    public async Task<string> RunAsync(string resource, string command, string? answer = null)
    {
        await GoToAsync("Resources");
        await RowsOf(resource).GetByRole(AriaRole.Button, new LocatorGetByRoleOptions { Name = command, Exact = true }).First.ClickAsync();
        if (answer is not null)
        {
            await Page.GetByRole(AriaRole.Spinbutton).FillAsync(answer);
            await Page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "OK", Exact = true }).ClickAsync();
        }
        var result = Page.Locator("#result-list article").First;
        await Expect(result).Not.ToHaveAttributeAsync("data-status", "under way");
        return await result.InnerTextAsync();
    }

    public static Task BecomesAsync(ILocator row, string state) =>
        Expect(row.Locator("td.state")).ToHaveTextAsync(new Regex($"^{state}"));

    /// <summary>The waterfall that is shown, row by row.</summary>
    public async Task<IReadOnlyList<ShownSpan>> WaterfallAsync()
    {
        var rows = await Page.EvaluateAsync<JsonElement>(
            """
            () => [...document.querySelectorAll("tr[data-span]")].map(row => ({
              id: row.dataset.span, depth: Number(row.dataset.depth), service: row.dataset.service, kind: row.dataset.kind,
              name: row.querySelector("th button").textContent,
              labels: [...row.querySelectorAll(".label")].map(label => label.textContent),
              row: row.getBoundingClientRect(), bar: row.querySelector(".span").getBoundingClientRect(),
            }))
            """);
        return [.. rows.EnumerateArray().Select(ShownSpan.Of)];
    }

    /// <summary>The lines drawn between spans.</summary>
    public async Task<IReadOnlyList<ShownLink>> LinksAsync()
    {
        var lines = await Page.EvaluateAsync<JsonElement>(
            """
            () => [...document.querySelectorAll(".links line")].map(line => {
              const frame = line.ownerSVGElement.getBoundingClientRect();
              const at = (x, y) => ({ x: frame.x + line[x].baseVal.value, y: frame.y + line[y].baseVal.value });
              return { from: line.dataset.from, to: line.dataset.to, begin: at("x1", "y1"), end: at("x2", "y2") };
            })
            """);
        return [.. lines.EnumerateArray().Select(ShownLink.Of)];
    }

    public async ValueTask DisposeAsync()
    {
        await browser.CloseAsync().WaitAsync(TimeSpan.FromMilliseconds(PatienceMs));
        playwright.Dispose();
    }
}
