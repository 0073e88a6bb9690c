#!/bin/sh
# Writes *_pb2.py and *_pb2.pyi beside their .proto files; needs grpcio-tools (extra "dev").
# The path given to protoc is the import path, hence the walk through dev/.
set -eu
cd "$(dirname "$0")/.."
"${PYTHON:-python}" -m grpc_tools.protoc -I dev --python_out=dev --pyi_out=dev dev/graphserver/proto/*.proto
"${PYTHON:-python}" -m grpc_tools.protoc -I tests --python_out=tests tests/interop/messages.proto
