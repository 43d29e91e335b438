using BankAccounts.ServiceDefaults.Overload;

namespace BankAccounts.ServiceDefaults.Tests;

public sealed class SharedRoomTests
{
    private const int Size = 1_000;

    private readonly SharedRoom room = new(Size);

    [Fact]
    public void One_caller_alone_gets_four_fifths()
    {
        Assert.Equal(800, TakeAll("greedy"));
        Assert.Equal(800, room.Taken);
    }

    [Fact]
    public void Whoever_comes_next_finds_a_place_however_greedy_the_first_is()
    {
        TakeAll("greedy");
        Assert.True(room.TryTake("polite"));
        Assert.False(room.TryTake("greedy"));
    }

    /// <summary>Places come back one by one, and all ask again at once for all that they can get.</summary>
    [Theory]
    [InlineData(2)]
    [InlineData(10)]
    [InlineData(100)]
    public void Greedy_callers_come_to_equal_parts_and_leave_room_for_another(int callers)
    {
        var names = Enumerable.Range(0, callers).Select(number => $"greedy {number}").ToList();
        var held = names.ToDictionary(name => name, TakeAll);
        for (var round = 0; round < 20_000; round++)
        {
            var most = held.MaxBy(one => one.Value).Key;
            room.GiveBack(most);
            held[most]--;
            foreach (var name in names)
            {
                held[name] += room.TryTake(name) ? 1 : 0;
            }
        }
        Assert.InRange(held.Values.Max() - held.Values.Min(), 0, SharedRoom.Greed);
        Assert.Equal(held.Values.Sum(), room.Taken);
        Assert.True(room.TryTake("polite"), $"{room.Taken} of {Size} are taken.");
    }

    [Fact]
    public void There_are_never_more_taken_than_there_are_and_those_given_back_are_there_for_others()
    {
        var callers = Enumerable.Range(0, 3 * Size).Select(number => $"caller {number}").ToList();
        var got = callers.Where(room.TryTake).ToList();
        Assert.Equal(Size, got.Count);
        Assert.False(room.TryTake("late"));

        got.ForEach(name => room.GiveBack(name));
        Assert.Equal(0, room.Taken);
        Assert.Equal(800, TakeAll("late"));
        room.GiveBack("late", 800);
        Assert.Equal(0, room.Taken);
    }

    [Fact]
    public void A_room_of_one_takes_one()
    {
        var one = new SharedRoom(1);
        Assert.True(one.TryTake("first"));
        Assert.False(one.TryTake("first") || one.TryTake("second"));
    }

    [Fact]
    public void More_than_was_taken_is_not_given_back()
    {
        room.TryTake("caller");
        Assert.Throws<ArgumentOutOfRangeException>(() => room.GiveBack("caller", 2));
        Assert.Throws<KeyNotFoundException>(() => room.GiveBack("nobody"));
    }

    private int TakeAll(string caller)
    {
        var count = 0;
        while (room.TryTake(caller))
        {
            count++;
        }
        return count;
    }
}
