#!/usr/bin/env bash
# Programs that the tests drive and that no Debian package has, put into a cache once:
#
#   tools.sh         what is missing
#   tools.sh where   only print the cache's directory
#
#   bin/minio, bin/mc, bin/versitygw   built with the machine's Go
#   venv/bin/aws, venv/bin/python   the newest aws-cli 1 and boto3 of PyPI
#
# Needs go, python3 with venv, and about four minutes on two cores.
set -euo pipefail

CACHE=${XDG_CACHE_HOME:-$HOME/.cache}/s3warden-test
MINIO=github.com/minio/minio@v0.0.0-20260212201848-7aac2a2c5b7c
MC=github.com/minio/mc@v0.0.0-20250313080218-cf909e1063a9
VERSITYGW=github.com/versity/versitygw/cmd/versitygw@v1.8.0

if [ "${1:-}" = where ]; then
  echo "$CACHE"
  exit
fi

mkdir -p "$CACHE"
# One at a time, however many ask for it: the second finds it made.
exec 9> "$CACHE/lock"
flock 9

# build NAME MODULE: the first attempt may meet a moment without network
build() {
  [ -x "$CACHE/bin/$1" ] && return
  local attempt
  for attempt in 1 2 3; do
    if (cd / && GOBIN=$CACHE/bin GOFLAGS=-mod=mod nice go install "$2"); then return; fi
    sleep $((attempt * 5))
  done
  return 1
}

build minio "$MINIO"
build mc "$MC"
build versitygw "$VERSITYGW"

if [ ! -x "$CACHE/venv/bin/aws" ]; then
  rm -rf "$CACHE/venv"
  python3 -m venv "$CACHE/venv"
  "$CACHE/venv/bin/pip" install --quiet --disable-pip-version-check awscli boto3
fi
echo "$CACHE"
