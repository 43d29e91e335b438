// A console for the bank, in the manner of the old tutorials:
//   dotnet run --project samples/BankAccounts.Console -- create "Ada Lovelace"
// Amounts are in minor units of the account's currency: 1250 is 12.50 USD.
using System.CommandLine;
using BankAccounts.Samples;

var commands = Address("--commands", "The address of CommandService.", "http://localhost:5101");
var queries = Address("--queries", "The address of QueryService.", "http://localhost:5102");
var account = new Argument<string>("account") { Description = "The account's id, as create prints it." };
var amount = new Argument<long>("amount") { Description = "In minor units, for example cents." };
var description = new Option<string>("--description")
{
    Description = "For the history.",
    DefaultValueFactory = _ => "",
};

var requestId = new Option<string>("--request-id")
{
    Description = "Makes asking again safe; one is made if it is not given.",
    DefaultValueFactory = _ => "",
};

var root = new RootCommand("A console for the bank.") { commands, queries };

var holder = new Argument<string>("holder") { Description = "The holder's name." };
var currency = new Option<string>("--currency") { Description = "ISO 4217.", DefaultValueFactory = _ => "USD" };
Add(new Command("create", "Opens an account.") { holder, currency, requestId },
    (screen, read, _) => screen.CreateAsync(
        read.GetRequiredValue(holder), read.GetRequiredValue(currency), read.GetRequiredValue(requestId)));

Add(new Command("deposit", "Adds money.") { account, amount, description, requestId },
    (screen, read, _) => screen.DepositAsync(
        read.GetRequiredValue(account), read.GetRequiredValue(amount), read.GetRequiredValue(description),
        read.GetRequiredValue(requestId)));

Add(new Command("withdraw", "Takes money out, if the balance covers it.") { account, amount, description, requestId },
    (screen, read, _) => screen.WithdrawAsync(
        read.GetRequiredValue(account), read.GetRequiredValue(amount), read.GetRequiredValue(description),
        read.GetRequiredValue(requestId)));

var to = new Argument<string>("to") { Description = "The account that receives." };
Add(new Command("transfer", "Moves money to another account.") { account, to, amount, description, requestId },
    (screen, read, _) => screen.TransferAsync(
        read.GetRequiredValue(account), read.GetRequiredValue(to), read.GetRequiredValue(amount),
        read.GetRequiredValue(description), read.GetRequiredValue(requestId)));

Add(new Command("close", "Closes an account whose balance is 0.") { account, requestId },
    (screen, read, _) => screen.CloseAsync(read.GetRequiredValue(account), read.GetRequiredValue(requestId)));

Add(new Command("balance", "Shows an account.") { account },
    (screen, read, _) => screen.BalanceAsync(read.GetRequiredValue(account)));

var prefix = new Argument<string>("prefix")
{
    Description = "What the holder's name begins with.",
    DefaultValueFactory = _ => "",
};
Add(new Command("accounts", "Lists accounts, the first 500.") { prefix },
    (screen, read, _) => screen.AccountsAsync(read.GetRequiredValue(prefix)));

var entries = new Option<int>("--entries")
{
    Description = "How many, the newest first.",
    DefaultValueFactory = _ => 20,
};
Add(new Command("history", "Shows what was asked of an account and what became of it.") { account, entries },
    (screen, read, _) => screen.HistoryAsync(read.GetRequiredValue(account), read.GetRequiredValue(entries)));

Add(new Command("watch", "Shows the balance as it changes, until Ctrl+C.") { account },
    (screen, read, cancellation) => screen.WatchAsync(read.GetRequiredValue(account), cancellation));

return await root.Parse(args).InvokeAsync();

void Add(Command command, Func<BankScreen, ParseResult, CancellationToken, Task> run)
{
    command.SetAction((read, cancellation) => BankScreen.RunAsync(
        read.GetRequiredValue(commands),
        read.GetRequiredValue(queries),
        screen => run(screen, read, cancellation)));
    root.Add(command);
}

static Option<Uri> Address(string name, string description, string usual) => new(name)
{
    Description = description,
    DefaultValueFactory = _ => new Uri(usual),
    CustomParser = given =>
    {
        if (Uri.TryCreate(given.Tokens[0].Value, UriKind.Absolute, out var address))
        {
            return address;
        }
        given.AddError($"{name} must be an address such as {usual}.");
        return null!;
    },
    Recursive = true,
};
