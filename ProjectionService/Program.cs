using BankAccounts.ProjectionService;
using BankAccounts.ServiceDefaults;

var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults();
builder.AddBank();
builder.AddBankGrpc();
builder.AddProjection();

var app = builder.Build();
app.MapDefaultEndpoints();
app.MapBankGrpc();
app.Run();
