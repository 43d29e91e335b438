using System.Buffers.Binary;

namespace BankAccounts.Ledger.Tests;

/// <summary>Frames written without the product's codec: by the format's words, a bit at a time.</summary>
internal static class Frames
{
    /// <summary>A frame with a right checksum around any payload.</summary>
    public static byte[] Around(byte[] payload, ushort rulesVersion = 1)
    {
        var version = new byte[2];
        BinaryPrimitives.WriteUInt16BigEndian(version, rulesVersion);
        var checksum = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(checksum, Crc32C([.. version, .. payload]));
        return [.. "BANK"u8, .. version, .. checksum, .. payload];
    }

    /// <summary>CRC-32C, reflected polynomial 0x82F63B78.</summary>
    public static uint Crc32C(byte[] bytes)
    {
        var crc = uint.MaxValue;
        foreach (var value in bytes)
        {
            crc ^= value;
            for (var bit = 0; bit < 8; bit++)
            {
                crc = (crc & 1) == 0 ? crc >> 1 : (crc >> 1) ^ 0x82F63B78;
            }
        }
        return ~crc;
    }
}
