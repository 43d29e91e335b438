"""Calls every method of the tests' server and its health service; prints what it saw as JSON."""

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
    yield "headers", [list(e.value) for e in call.initial_metadata() if e.key == "blob-back-bin"]
    yield "trailers", [e.value for e in call.trailing_metadata() if e.key == "note-back"]
    yield "split", [r.word for r in stub.Split(echo.SplitRequest(words=two), timeout=TIMEOUT_S)]
    yield "join", list(joined.words.words)
    yield "chat", [list(r.words.words) for r in chat]


def failures(channel):
    stub = echo_grpc.EchoServiceStub(channel)
    two = words.Words(words=["one", "two"])
    def error_for(timeout=TIMEOUT_S, **request):
        return error_of(lambda: stub.Echo(echo.EchoRequest(**request), timeout=timeout))

    plain = error_for(words=two, status_code=9)
    trailers = trailers_of(plain)
    yield "plain", [
        plain.code().name, plain.details(), trailers["why"], list(trailers["why-bin"])]

    rich = error_for(words=two, status_code=5, rich_error=True)
    status = rpc_error.RpcStatus.FromString(trailers_of(rich)["grpc-status-details-bin"])
    (detail,) = status.details
    info = rpc_error.RpcErrorInfo.FromString(detail.value)
    yield "rich", [rich.code().name, status.code, status.message, detail.type_url, info.reason]

    late = error_for(timeout=0.3, wait_for_cancellation=True)
    yield "late", late.code().name


def health_of(channel):
    stub = health_grpc.HealthStub(channel)
    names = health.HealthCheckResponse.ServingStatus.Name
    other = health.HealthCheckRequest(service="other")
    unknown = error_of(lambda: stub.Check(other, timeout=TIMEOUT_S))
    watch = stub.Watch(other, timeout=TIMEOUT_S)
    yield "check", names(stub.Check(health.HealthCheckRequest(), timeout=TIMEOUT_S).status)
    yield "check_unknown", unknown.code().name
    yield "watch_unknown", names(next(watch).status)
    watch.cancel()


def main():
    with grpc.insecure_channel(sys.argv[1]) as channel:
        seen = [*calls(channel), *failures(channel), *health_of(channel)]
        print(json.dumps(dict(seen)))


main()
