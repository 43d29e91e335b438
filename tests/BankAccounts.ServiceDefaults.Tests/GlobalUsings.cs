global using BankAccounts.Tests.Servers;
global using Xunit;
