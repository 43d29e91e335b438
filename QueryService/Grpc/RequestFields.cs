using BankAccounts.ServiceDefaults.Grpc;
using Google.Protobuf.WellKnownTypes;

namespace BankAccounts.QueryService.Grpc;

/// <summary>A period in Unix milliseconds: from, and before.</summary>
public readonly record struct Period(long FromMs, long BeforeMs)
{
    /// <summary>Of all times.</summary>
    public static readonly Period Always = new(long.MinValue, long.MaxValue);
}

/// <summary>Fields that several requests have.</summary>
public static class RequestFields
{
    /// <summary>The page size of a request that does not say.</summary>
    public const int DefaultPageSize = 50;

    /// <summary>The largest page size.</summary>
    public const int MaxPageSize = 500;

    private const long MinSeconds = -62_135_596_800, MaxSeconds = 253_402_300_799;
    private const int NanosPerMs = 1_000_000;

    /// <summary>The field <c>page_size</c> (AIP-158).</summary>
    public static int PageSize(this FieldChecks fields, int pageSize) =>
        fields.PageSize(pageSize, DefaultPageSize, MaxPageSize);

    /// <summary>The fields <c>start_time</c> and <c>end_time</c>; each may be missing.</summary>
    public static Period Period(this FieldChecks fields, Timestamp? start, Timestamp? end)
    {
        var from = start is null ? long.MinValue : fields.FirstMsFrom("start_time", start);
        var before = end is null ? long.MaxValue : fields.FirstMsFrom("end_time", end);
        if (start is not null && end is not null
            && (start.Seconds, start.Nanos).CompareTo((end.Seconds, end.Nanos)) > 0)
        {
            fields.Add("end_time", "must not be before start_time.");
        }
        return new Period(from, before);
    }

    /// <summary>The first whole millisecond at or after a time: entries have whole ones.</summary>
    public static long FirstMsFrom(this FieldChecks fields, string field, Timestamp time)
    {
        if (!IsTime(fields, field, time))
        {
            return 0;
        }
        return (time.Seconds * 1_000) + ((time.Nanos + NanosPerMs - 1) / NanosPerMs);
    }

    /// <summary>The first whole millisecond after a time.</summary>
    public static long FirstMsAfter(this FieldChecks fields, string field, Timestamp time) =>
        IsTime(fields, field, time) ? (time.Seconds * 1_000) + (time.Nanos / NanosPerMs) + 1 : 0;

    private static bool IsTime(FieldChecks fields, string field, Timestamp time)
    {
        var isTime = time.Seconds is >= MinSeconds and <= MaxSeconds && time.Nanos is >= 0 and < 1_000 * NanosPerMs;
        if (!isTime)
        {
            fields.Add(field, "must be a time of the years 1 to 9999, with 0 to 999,999,999 nanoseconds.");
        }
        return isTime;
    }
}
