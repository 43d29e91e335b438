"""Calls every method of the tests' server and its health service, and prints what it saw as JSON."""

import json
import sys

import grpc
import health_pb2 as health
import health_pb2_grpc as health_grpc
import rpc_error_pb2 as rpc_error
from standins.test.v1 import echo_pb2 as echo
from standins.test.v1 import echo_pb2_grpc as echo_grpc
from standins.test.v1 import words_pb2 as words

TIMEOUT_S = 30


def error_of(call):
    try:
        call()
    except grpc.RpcError as error:
        return error
    raise AssertionError("the call did not fail")


def trailers_of(error):
    return {entry.key: entry.value for entry in error.trailing_metadata()}


def calls(channel):
    stub = echo_grpc.EchoServiceStub(channel)
    two = words.Words(words=["one", "two"])
    response, call = stub.Echo.with_call(
        echo.EchoRequest(words=two),
        timeout=TIMEOUT_S,
        metadata=[("note", "a"), ("note", "b"), ("blob-bin", b"\x00\xff")],
    )
    joined = stub.Join(iter([echo.JoinRequest(words=two)] * 2), timeout=TIMEOUT_S)
    chat = stub.Chat(iter([echo.ChatRequest(words=two)] * 2), timeout=TIMEOUT_S)
    yield "echo", list(response.words.words)
    yield "headers", [list(entry.value) for entry in call.initial_metadata() if entry.key == "blob-back-bin"]
    yield "trailers", [entry.value for entry in call.trailing_metadata() if entry.key == "note-back"]
    yield "split", [r.word for r in stub.Split(echo.SplitRequest(words=two), timeout=TIMEOUT_S)]
    yield "join", list(joined.words.words)
    yield "chat", [list(r.words.words) for r in chat]


def failures(channel):
    stub = echo_grpc.EchoServiceStub(channel)
    two = words.Words(words=["one", "two"])
    plain = error_of(lambda: stub.Echo(echo.EchoRequest(words=two, status_code=9), timeout=TIMEOUT_S))
    rich = error_of(lambda: stub.Echo(
        echo.EchoRequest(words=two, status_code=5, rich_error=True), timeout=TIMEOUT_S))
    late = error_of(lambda: stub.Echo(echo.EchoRequest(wait_for_cancellation=True), timeout=0.3))
    status = rpc_error.RpcStatus.FromString(trailers_of(rich)["grpc-status-details-bin"])
    info = rpc_error.RpcErrorInfo.FromString(status.details[0].value)
    yield "plain", [plain.code().name, plain.details(), trailers_of(plain)["why"], list(trailers_of(plain)["why-bin"])]
    yield "rich", [rich.code().name, status.code, status.message, status.details[0].type_url, info.reason]
    yield "late", late.code().name


def health_of(channel):
    stub = health_grpc.HealthStub(channel)
    names = health.HealthCheckResponse.ServingStatus.Name
    unknown = error_of(lambda: stub.Check(health.HealthCheckRequest(service="other"), timeout=TIMEOUT_S))
    watch = stub.Watch(health.HealthCheckRequest(service="other"), timeout=TIMEOUT_S)
    yield "check", names(stub.Check(health.HealthCheckRequest(), timeout=TIMEOUT_S).status)
    yield "check_unknown", unknown.code().name
    yield "watch_unknown", names(next(watch).status)
    watch.cancel()


def main():
    with grpc.insecure_channel(sys.argv[1]) as channel:
        seen = [*calls(channel), *failures(channel), *health_of(channel)]
        print(json.dumps(dict(seen)))


main()
