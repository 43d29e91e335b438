using BankAccounts.QueryService;
using BankAccounts.QueryService.Grpc;
using BankAccounts.ServiceDefaults;

var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults();
builder.AddBank();
builder.AddBankGrpc(BankAccounts.V1.QueryService.Descriptor.FullName);
builder.AddQueries();

var app = builder.Build();
app.MapDefaultEndpoints();
app.MapBankGrpc();
app.MapGrpcService<QueryGrpcService>();
return await app.RunBankAsync();
