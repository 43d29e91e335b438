"""Learns a server by reflection alone, calls it by what it learned; prints what it saw as JSON.

The path has reflection_pb2 of the version of the protocol that is to be spoken.
"""

import json
import sys

import grpc
import reflection_pb2 as reflection
import reflection_pb2_grpc as reflection_grpc
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

TIMEOUT_S = 30
ECHO = "standins.test.v1.EchoService"
TIMESTAMP = "google/protobuf/timestamp.proto"


def ask(channel, **request):
    stub = reflection_grpc.ServerReflectionStub(channel)
    requests = iter([reflection.ServerReflectionRequest(**request)])
    (response,) = list(stub.ServerReflectionInfo(requests, timeout=TIMEOUT_S))
    return response


def files(response):
    return [
        descriptor_pb2.FileDescriptorProto.FromString(file)
        for file in response.file_descriptor_response.file_descriptor_proto
    ]


def pool_of(protos):
    """A pool has to be given what a file depends on before the file."""
    by_name = {proto.name: proto for proto in protos}
    pool, added = descriptor_pool.DescriptorPool(), set()

    def add(name):
        if name not in added:
            added.add(name)
            for dependency in by_name[name].dependency:
                add(dependency)
            pool.AddSerializedFile(by_name[name].SerializeToString())

    for name in by_name:
        add(name)
    return pool


def call_echo(channel, pool):
    method = pool.FindServiceByName(ECHO).FindMethodByName("Echo")
    factory = message_factory.MessageFactory(pool)
    request = factory.GetPrototype(method.input_type)()
    request.words.words.extend(["one", "two"])
    kinds = request.words.DESCRIPTOR.enum_types_by_name["Kind"]
    request.words.kind = kinds.values_by_name["KIND_LOUD"].number
    call = channel.unary_unary(
        f"/{ECHO}/Echo",
        request_serializer=lambda message: message.SerializeToString(),
        response_deserializer=factory.GetPrototype(method.output_type).FromString,
    )
    response = call(request, timeout=TIMEOUT_S)
    return [*response.words.words, response.words.kind]


def names_for(channel, **request):
    return sorted(proto.name for proto in files(ask(channel, **request)))


def error_for(channel, **request):
    error = ask(channel, **request).error_response
    return [error.error_code, error.error_message]


def main():
    with grpc.insecure_channel(sys.argv[1]) as channel:
        listed = ask(channel, list_services="").list_services_response.service
        echo = ask(channel, file_containing_symbol=ECHO)
        extension = reflection.ExtensionRequest(containing_type="a.B", extension_number=1)
        seen = {
            "services": sorted(service.name for service in listed),
            "first_file": files(echo)[0].name,
            "echo": call_echo(channel, pool_of(files(echo))),
            "service_files": sorted(proto.name for proto in files(echo)),
            "method_files": names_for(channel, file_containing_symbol=f"{ECHO}.Split"),
            "message_files": names_for(channel, file_containing_symbol="standins.test.v1.Words"),
            "enum_files": names_for(channel, file_containing_symbol="standins.test.v1.Words.Kind"),
            "named_files": names_for(channel, file_by_filename="standins/test/v1/words.proto"),
            "dependency_files": names_for(channel, file_by_filename=TIMESTAMP),
            "no_symbol": error_for(channel, file_containing_symbol="standins.test.v1.None"),
            "no_file": error_for(channel, file_by_filename="none.proto"),
            "no_request": error_for(channel),
            "extension": error_for(channel, file_containing_extension=extension),
            "extensions": error_for(channel, all_extension_numbers_of_type="a.B"),
        }
        stub = reflection_grpc.ServerReflectionStub(channel)
        several = [reflection.ServerReflectionRequest(list_services="") for _ in range(3)]
        seen["several"] = len(list(stub.ServerReflectionInfo(iter(several), timeout=TIMEOUT_S)))
        print(json.dumps(seen))


main()
