using System.Diagnostics;
using System.Runtime.InteropServices;

namespace BankAccounts.Bench.Measuring;

/// <summary>A clock that can be waited for; a test has one of its own.</summary>
public interface IPacer
{
    /// <summary>The time since some beginning.</summary>
    TimeSpan Now { get; }

    /// <summary>Holds the calling thread until a time has come.</summary>
    void WaitUntil(TimeSpan time);
}

/// <summary>The machine's clock, to some 60 µs, without spinning.</summary>
internal sealed class SystemPacer : IPacer
{
    private static readonly TimeSpan LongWait = TimeSpan.FromMilliseconds(20);

    private readonly long begun = Stopwatch.GetTimestamp();

    public TimeSpan Now => Stopwatch.GetElapsedTime(begun);

    public void WaitUntil(TimeSpan time)
    {
        for (var left = time - Now; left > TimeSpan.Zero; left = time - Now)
        {
            if (left > LongWait)
            {
                Thread.Sleep(left - LongWait);
            }
            else
            {
                // Thread.Sleep counts in milliseconds, which would be the latency that is measured.
                var timespec = new TimeSpec(0, left.Ticks * TimeSpan.NanosecondsPerTick);
                _ = NanoSleep(in timespec, IntPtr.Zero);
            }
        }
    }

    [StructLayout(LayoutKind.Sequential)]
    private readonly struct TimeSpec(nint seconds, long nanoseconds)
    {
        private readonly nint seconds = seconds;
        private readonly nint nanoseconds = (nint)nanoseconds;
    }

    [DllImport("libc", EntryPoint = "nanosleep")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int NanoSleep(in TimeSpec time, IntPtr remaining);
}
