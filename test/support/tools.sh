#!/usr/bin/env bash
# Programs that the tests drive and that no Debian package has, put into a cache once:
#
#   tools.sh         what is missing
#   tools.sh where   only print the cache's directory
#
#   bin/minio, bin/mc, bin/versitygw   built with the machine's Go
#   venv/bin/aws, venv/bin/python   the newest aws-cli 1 and boto3 of PyPI
#   libraries/bin/python            libraries of PyPI that read and write S3
#   bin/drive-go, java/drive.jar    what drives the AWS SDKs for Go and Java, with the SDKs
#   bin/scw                         unpacked from $S3WARDEN_TOOLS, or ../shared/tools/bin beside the checkout, where it is there
#
# Needs go, python3 with venv, a JDK with Maven, xz, and about four minutes on two cores.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

CACHE=${XDG_CACHE_HOME:-$HOME/.cache}/s3warden-test
VENDORS=${S3WARDEN_TOOLS:-../shared/tools/bin}
MINIO=github.com/minio/minio@v0.0.0-20260212201848-7aac2a2c5b7c
MC=github.com/minio/mc@v0.0.0-20250313080218-cf909e1063a9
VERSITYGW=github.com/versity/versitygw/cmd/versitygw@v1.8.0
LIBRARIES=(
  pyarrow==26.0.1
  chdb==4.4.0
  duckdb==1.5.5 duckdb-extension-httpfs==1.5.5
  obstore==0.12.1
  opendal==0.47.12
)
DRIVERS=test/clients/adapters

if [ "${1:-}" = where ]; then
  echo "$CACHE"
  exit
fi

mkdir -p "$CACHE/bin"
# One at a time, however many ask for it: the second finds it made.
exec 9> "$CACHE/lock"
flock 9

# tries COMMAND...: the first attempt may meet a moment without network
tries() {
  local attempt
  for attempt in 1 2 3; do
    if nice "$@"; then return; fi
    sleep $((attempt * 5))
  done
  return 1
}

# build NAME MODULE
build() {
  [ -x "$CACHE/bin/$1" ] || (cd / && GOBIN=$CACHE/bin GOFLAGS=-mod=mod tries go install "$2")
}

# made WHAT VERSION: whether that is what was made, by the note that it ends with
made() {
  [ "$(cat "$CACHE/$1" 2> /dev/null)" = "$2" ]
}

# sources FOLDER: a name for what is in it
sources() {
  (cd "$1" && sha256sum -- *) | sha256sum | cut -d ' ' -f 1
}

build minio "$MINIO"
build mc "$MC"
build versitygw "$VERSITYGW"

if [ ! -x "$CACHE/venv/bin/aws" ]; then
  rm -rf "$CACHE/venv"
  python3 -m venv "$CACHE/venv"
  "$CACHE/venv/bin/pip" install --quiet --disable-pip-version-check awscli boto3
fi

if ! made libraries/installed "${LIBRARIES[*]}"; then
  rm -rf "$CACHE/libraries"
  python3 -m venv "$CACHE/libraries"
  tries "$CACHE/libraries/bin/pip" install --quiet --disable-pip-version-check "${LIBRARIES[@]}"
  echo "${LIBRARIES[*]}" > "$CACHE/libraries/installed"
fi

go=$(sources "$DRIVERS/go")
if ! made bin/drive-go.made "$go"; then
  (cd "$DRIVERS/go" && GOFLAGS=-mod=readonly tries go build -o "$CACHE/bin/drive-go" .)
  echo "$go" > "$CACHE/bin/drive-go.made"
fi

java=$(sources "$DRIVERS/java")
if ! made java/made "$java"; then
  rm -rf "$CACHE/java" "$CACHE/java.new"
  cp -r "$DRIVERS/java" "$CACHE/java.new"
  tries mvn --quiet --batch-mode -Dstyle.color=never --file "$CACHE/java.new" package
  mv "$CACHE/java.new/target" "$CACHE/java"
  rm -rf "$CACHE/java.new"
  echo "$java" > "$CACHE/java/made"
fi

if [ -e "$VENDORS/scw.xz" ] && [ ! "$CACHE/bin/scw" -nt "$VENDORS/scw.xz" ]; then
  xz --decompress --stdout "$VENDORS/scw.xz" > "$CACHE/bin/scw.new"
  chmod +x "$CACHE/bin/scw.new"
  mv "$CACHE/bin/scw.new" "$CACHE/bin/scw"
fi
echo "$CACHE"
