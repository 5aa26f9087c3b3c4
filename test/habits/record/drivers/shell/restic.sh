#!/usr/bin/env bash
. "$(dirname "$0")/stage.sh"

export AWS_ACCESS_KEY_ID=$ACCESS_KEY AWS_SECRET_ACCESS_KEY=$SECRET_KEY RESTIC_PASSWORD=habits
restic() {
  /usr/bin/restic --repo "s3:$ENDPOINT/$BUCKET/repository" --cacert "$AUTHORITY" --no-cache \
    -o s3.region=us-east-1 -o s3.connections=1 "$@"
}

version "$(restic version | awk '{print $2}')"
operation 'create bucket' restic init
operation 'put' restic backup --host habits hello.txt
operation 'get' restic restore latest --target restored

operation 'delete' restic forget --keep-last 1
