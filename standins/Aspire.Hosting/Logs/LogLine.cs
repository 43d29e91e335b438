namespace Aspire.Hosting.ApplicationModel;

/// <summary>One line that a resource said, with the time at which it was read in front.</summary>
public readonly record struct LogLine(int LineNumber, string Content, bool IsErrorMessage);
