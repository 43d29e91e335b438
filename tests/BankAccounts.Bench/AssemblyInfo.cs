using System.Runtime.Versioning;

// What processes cost is read from /proc.
[assembly: SupportedOSPlatform("linux")]
