using Google.Protobuf.Reflection;
using Grpc.Core;
using Grpc.Reflection.V1;

namespace Grpc.AspNetCore.Server.Reflection;

/// <summary>Answers reflection requests about a set of services.</summary>
internal sealed class ReflectionAnswers
{
    private readonly ListServiceResponse _services = new();
    private readonly Dictionary<string, FileDescriptor> _filesByName = [];
    private readonly Dictionary<string, FileDescriptor> _filesBySymbol = [];

    public ReflectionAnswers(IReadOnlyCollection<ServiceDescriptor> services)
    {
        foreach (var service in services)
        {
            _services.Service.Add(new ServiceResponse { Name = service.FullName });
            AddFile(service.File);
        }
    }

    /// <summary>
    /// Requests for extensions get UNIMPLEMENTED, as the genuine service answers: the protocol
    /// leaves them to the server, and proto3 has none but options.
    /// </summary>
    public ServerReflectionResponse Answer(ServerReflectionRequest request) =>
        request.MessageRequestCase switch
        {
            ServerReflectionRequest.MessageRequestOneofCase.ListServices =>
                new() { ListServicesResponse = _services },
            ServerReflectionRequest.MessageRequestOneofCase.FileByFilename =>
                FileOrError(_filesByName, request.FileByFilename, "File not found."),
            ServerReflectionRequest.MessageRequestOneofCase.FileContainingSymbol =>
                FileOrError(_filesBySymbol, request.FileContainingSymbol, "Symbol not found."),
            _ => Error(
                StatusCode.Unimplemented, "Request type not supported by C# reflection service."),
        };

    private static ServerReflectionResponse FileOrError(
        Dictionary<string, FileDescriptor> files, string key, string message)
    {
        if (!files.TryGetValue(key, out var file))
        {
            return Error(StatusCode.NotFound, message);
        }

        var protos = WithDependencies(file, []).Select(found => found.SerializedData);
        return new() { FileDescriptorResponse = new() { FileDescriptorProto = { protos } } };
    }

    private static ServerReflectionResponse Error(StatusCode code, string message) =>
        new() { ErrorResponse = new() { ErrorCode = (int)code, ErrorMessage = message } };

    /// <summary>The file first, then each file that it depends on once.</summary>
    private static List<FileDescriptor> WithDependencies(
        FileDescriptor file, List<FileDescriptor> found)
    {
        if (!found.Contains(file))
        {
            found.Add(file);
            foreach (var dependency in file.Dependencies)
            {
                WithDependencies(dependency, found);
            }
        }

        return found;
    }

    private void AddFile(FileDescriptor file)
    {
        foreach (var found in WithDependencies(file, []))
        {
            if (_filesByName.TryAdd(found.Name, found))
            {
                AddSymbols(found.EnumTypes);
                AddSymbols(found.Services);
                AddSymbols(found.Services.SelectMany(service => service.Methods));
                AddMessages(found.MessageTypes);
            }
        }
    }

    private void AddMessages(IList<MessageDescriptor> messages)
    {
        AddSymbols(messages);
        foreach (var message in messages)
        {
            AddSymbols(message.EnumTypes);
            AddMessages(message.NestedTypes);
        }
    }

    private void AddSymbols(IEnumerable<IDescriptor> descriptors)
    {
        foreach (var descriptor in descriptors)
        {
            _filesBySymbol[descriptor.FullName] = descriptor.File;
        }
    }
}
