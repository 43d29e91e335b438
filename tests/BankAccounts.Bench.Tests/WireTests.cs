using System.Text;
using BankAccounts.Bench.Calls;
using BankAccounts.V1;
using Google.Protobuf;

namespace BankAccounts.Bench.Tests;

/// <summary>What the generator writes and reads by hand is what the generated classes read and write.</summary>
public sealed class WireTests
{
    private static readonly string One = AccountId.NewRandom(12).ToString();
    private static readonly string Other = AccountId.NewRandom(12).ToString();

    [Fact]
    public void A_call_of_its_own_asks_for_one_minor_unit()
    {
        var request = Requests.Unary(Bytes(One));
        Assert.Equal(new DepositRequest { AccountId = One, Amount = 1 }, DepositRequest.Parser.ParseFrom(request));
        Assert.Equal(new WithdrawRequest { AccountId = One, Amount = 1 }, WithdrawRequest.Parser.ParseFrom(request));
    }

    [Theory]
    [InlineData(Requests.FirstTag)]
    [InlineData(123_456)]
    [InlineData(Requests.LastTag)]
    public void A_batch_holds_its_commands(int tag)
    {
        CommandKind[] kinds = [CommandKind.Deposit, CommandKind.Withdraw, CommandKind.Transfer];
        using var message = new MemoryStream();
        foreach (var kind in kinds)
        {
            var command = new byte[Requests.CommandSize(kind)];
            Requests.WriteCommand(command, tag, kind, Bytes(One), Bytes(Other));
            message.Write(command);
        }
        Assert.Equal(
            new ExecuteRequest
            {
                Commands =
                {
                    new Command { Tag = (ulong)tag, Deposit = new DepositRequest { AccountId = One, Amount = 1 } },
                    new Command { Tag = (ulong)tag, Withdraw = new WithdrawRequest { AccountId = One, Amount = 1 } },
                    new Command
                    {
                        Tag = (ulong)tag,
                        Transfer = new TransferRequest { FromAccountId = One, ToAccountId = Other, Amount = 1 },
                    },
                },
            },
            ExecuteRequest.Parser.ParseFrom(message.ToArray()));
    }

    [Fact]
    public void An_answer_is_read_with_its_place()
    {
        var response = new DepositResponse { Decision = DecisionAt(11, 1L << 40) };
        Assert.Equal(
            new Answer(0, AnswerKind.Accepted, 11, 1L << 40), AnswerReader.ReadResponse(response.ToByteArray()));
    }

    [Fact]
    public void A_batch_of_answers_is_read_whatever_they_are()
    {
        var response = new ExecuteResponse
        {
            Results =
            {
                new CommandResult { Tag = 20_000, Deposit = new DepositResponse { Decision = DecisionAt(0, 0) } },
                new CommandResult { Tag = 20_001, Withdraw = new WithdrawResponse { Decision = DecisionAt(3, 7) } },
                new CommandResult
                {
                    Tag = 20_002,
                    Transfer = new TransferResponse
                    {
                        TransferId = "any",
                        Decision = new Decision
                        {
                            Outcome = Outcome.Pending, Position = new Position { Partition = 4, Offset = 9 },
                        },
                    },
                },
                new CommandResult { Tag = 20_003, Error = new Google.Rpc.Status { Code = 9, Message = "refused" } },
            },
        };
        var answers = new List<Answer>();
        Assert.Equal(4, AnswerReader.ReadBatch(response.ToByteArray(), answers.Add));
        Assert.Equal(
            [
                new Answer(20_000, AnswerKind.Accepted, 0, 0), new Answer(20_001, AnswerKind.Accepted, 3, 7),
                new Answer(20_002, AnswerKind.Pending, 4, 9), new Answer(20_003, AnswerKind.Error, 0, 0),
            ],
            answers);
    }

    private static Decision DecisionAt(int partition, long offset) => new()
    {
        Outcome = Outcome.Accepted,
        Balance = -5,
        Version = 300,
        Position = new Position { Partition = partition, Offset = offset },
    };

    private static byte[] Bytes(string text) => Encoding.ASCII.GetBytes(text);
}
