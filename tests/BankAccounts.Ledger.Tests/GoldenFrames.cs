namespace BankAccounts.Ledger.Tests;

/// <summary>
/// Frames as an independent program wrote them. They are what logs hold: never change a byte of them.
/// </summary>
internal static class GoldenFrames
{
    public static byte[] Create { get; } = Convert.FromHexString(
        "42414e4b0001b389ff190880d095ffbc311210a0a1a2a3a4a5a6a7a8a9aaabacadaeaf180122066f70656e2d312a11"
        + "62616e6b3a6465636973696f6e733a6130323730302d306166373635313931366364343364643834343865623231"
        + "31633830333139632d623761643662373136393230333333312d30318201220a100003112233448566978899aabb"
        + "ccddee12095a6fc3ab20f09d94981a03455552");

    public static byte[] Deposit { get; } = Convert.FromHexString(
        "42414e4b000143a293c70880d095ffbc311210a0a1a2a3a4a5a6a7a8a9aaabacadaeaf18022203642d318a01210a10"
        + "0003112233448566978899aabbccddee10e8071a034555522205636166c3a9");

    public static byte[] Withdraw { get; } = Convert.FromHexString(
        "42414e4b0001485daa540880d095ffbc311210a0a1a2a3a4a5a6a7a8a9aaabacadaeaf180392011b0a100003112233"
        + "448566978899aabbccddee1080809aa6eaafe301");
}
