using Grpc.Core;
using Grpc.Net.Compression;

namespace BankAccounts.ServiceDefaults.GrpcHosting;

/// <summary>
/// Decompresses no more than a message may have. gRPC's own bound is for what arrives, and 2 MiB of that can
/// stand for 2 GiB of nothing.
/// </summary>
internal sealed class BoundedDecompression(ICompressionProvider encoding, int mostBytes) : ICompressionProvider
{
    public string EncodingName => encoding.EncodingName;

    public Stream CreateCompressionStream(Stream stream, System.IO.Compression.CompressionLevel? compressionLevel) =>
        encoding.CreateCompressionStream(stream, compressionLevel);

    public Stream CreateDecompressionStream(Stream stream) =>
        new BoundedStream(encoding.CreateDecompressionStream(stream), mostBytes);

    private sealed class BoundedStream(Stream unbounded, long left) : Stream
    {
        private long left = left;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override int Read(byte[] buffer, int offset, int count)
        {
            var read = unbounded.Read(buffer, offset, count);
            left -= read;
            return left >= 0 ? read : throw new RpcException(new Status(
                StatusCode.ResourceExhausted, "Received message exceeds the maximum configured message size."));
        }

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            if (disposing)
            {
                unbounded.Dispose();
            }
            base.Dispose(disposing);
        }
    }
}
