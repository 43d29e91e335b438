"""The messages of the log and of Redis, compiled from the contracts that the repository publishes (protos/)."""

import importlib
import sys
import tempfile
from pathlib import Path

PROTOS = Path(__file__).resolve().parents[3] / "protos"


def _compile():
    from grpc_tools import protoc

    # Kept while the process runs: Python imports the modules from there.
    folder = tempfile.TemporaryDirectory(prefix="bank-contracts-")
    files = ["bankaccounts/log/v1/log_record.proto", "bankaccounts/store/v1/store.proto"]
    if protoc.main(["protoc", f"-I{PROTOS}", f"--python_out={folder.name}", *files]) != 0:
        raise SystemExit("The contracts do not compile.")
    sys.path.insert(0, folder.name)
    return folder, [importlib.import_module(file[:-6].replace("/", ".") + "_pb2") for file in files]


_folder, (log, store) = _compile()


def reason_name(number):
    """The name by which the API knows a reason; empty for none."""
    return store.Reason.Name(number)[len("REASON_"):] if number else ""
