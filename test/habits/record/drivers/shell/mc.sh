#!/usr/bin/env bash
. "$(dirname "$0")/stage.sh"

export MC_HOST_m=${ENDPOINT%%://*}://$ACCESS_KEY:$SECRET_KEY@$HOST
mkdir -p .mc/certs/CAs && cp "$AUTHORITY" .mc/certs/CAs/
mc() { "$MC" --config-dir .mc --quiet --disable-pager "$@"; }
B=m/$BUCKET

version "$(mc --version | awk 'NR == 1 {print $3}')"
operation 'create bucket' mc mb "$B"
operation 'put' mc cp --attr 'Content-Type=text/plain;color=blue' hello.txt "$B/hello.txt"
operation 'put encoded' mc cp --attr 'Content-Encoding=gzip' hello.txt.gz "$B/hello.txt.gz"
stream() { mc pipe "$B/stream.bin" < hello.txt; }
operation 'put stream' stream
operation 'put odd key' mc cp hello.txt "$B/$ODD_KEY"
operation 'multipart' env MC_UPLOAD_MULTIPART_SIZE=5MiB MC_UPLOAD_MULTIPART_THREADS=1 "$MC" --config-dir .mc --quiet cp big.bin "$B/big.bin"
operation 'get' mc cat "$B/hello.txt"
operation 'get odd key' mc cat "$B/$ODD_KEY"
operation 'get range' mc cat --offset 8 "$B/hello.txt"
operation 'head' mc stat "$B/hello.txt"
operation 'list v1' mc ls --recursive "$B"
operation 'list v2' mc ls "$B/odd/"
operation 'list versions' mc ls --versions "$B"
operation 'copy' mc cp "$B/$ODD_KEY" "$B/copy.txt"
operation 'put tagging' mc tag set "$B/hello.txt" 'a=b c'
operation 'get tagging' mc tag list "$B/hello.txt"
tell '{"operation": "presigned get"}'
fetch GET "$(mc share download --json "$B/hello.txt" | sed -n 's/.*"share":"\([^"]*\)".*/\1/p' | sed 's/\\u0026/\&/g')"
operation 'delete' mc rm "$B/copy.txt"
operation 'delete many' mc rm --recursive --force "$B/"
operation 'list buckets' mc ls m
operation 'delete bucket' mc rb "$B"
