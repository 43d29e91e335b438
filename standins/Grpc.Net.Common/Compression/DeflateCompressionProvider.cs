using System.IO.Compression;

namespace Grpc.Net.Compression;

/// <summary>
/// "deflate", which by RFC 9110 is the zlib format (RFC 1950) and not bare deflate.
/// </summary>
public sealed class DeflateCompressionProvider(CompressionLevel defaultCompressionLevel)
    : ICompressionProvider
{
    public string EncodingName => "deflate";

    public Stream CreateCompressionStream(Stream stream, CompressionLevel? compressionLevel) =>
        new ZLibStream(stream, compressionLevel ?? defaultCompressionLevel, leaveOpen: true);

    public Stream CreateDecompressionStream(Stream stream) =>
        new ZLibStream(stream, CompressionMode.Decompress, leaveOpen: true);
}
