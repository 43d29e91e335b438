using BankAccounts.ProjectionService;
using BankAccounts.ProjectionService.Grpc;
using BankAccounts.ServiceDefaults;

var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults();
builder.AddBank();
builder.AddBankGrpc(BankAccounts.V1.LedgerService.Descriptor.FullName);
builder.AddProjection();

var app = builder.Build();
app.MapDefaultEndpoints();
app.MapBankGrpc();
app.MapGrpcService<LedgerGrpcService>();
return await app.RunBankAsync();
