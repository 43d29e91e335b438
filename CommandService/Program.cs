using BankAccounts.CommandService;
using BankAccounts.CommandService.Grpc;
using BankAccounts.ServiceDefaults;

var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults();
builder.AddBank();
builder.AddBankGrpc(BankAccounts.V1.CommandService.Descriptor.FullName);
builder.AddCommands();

var app = builder.Build();
app.MapDefaultEndpoints();
app.MapBankGrpc();
app.MapGrpcService<CommandGrpcService>();
return await app.RunBankAsync();
