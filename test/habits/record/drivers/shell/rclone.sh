#!/usr/bin/env bash
. "$(dirname "$0")/stage.sh"

# The authority comes from SSL_CERT_FILE: with its own transport rclone refuses this one.
unset AWS_CA_BUNDLE
cat > rclone.conf << EOF
[r]
type = s3
provider = Other
access_key_id = $ACCESS_KEY
secret_access_key = $SECRET_KEY
endpoint = $ENDPOINT
region = us-east-1
force_path_style = true
upload_cutoff = 5Mi
chunk_size = 5Mi
EOF
rclone() {
  /usr/bin/rclone --config rclone.conf --retries 1 --low-level-retries 1 --transfers 1 \
    --checkers 1 --s3-upload-concurrency 1 "$@"
}
B=r:$BUCKET

version "$(rclone version | awk 'NR == 1 {print $2}')"
operation 'create bucket' rclone mkdir "$B"
operation 'put' rclone copyto hello.txt "$B/hello.txt" --header-upload 'X-Amz-Meta-Color: blue'
operation 'put encoded' rclone copyto hello.txt.gz "$B/hello.txt.gz" --header-upload 'Content-Encoding: gzip'
stream() { rclone rcat "$B/stream.bin" < hello.txt; }
operation 'put stream' stream
operation 'put odd key' rclone copyto hello.txt "$B/$ODD_KEY"
operation 'multipart' rclone copyto big.bin "$B/big.bin"
operation 'get' rclone cat "$B/hello.txt"
operation 'get odd key' rclone cat "$B/$ODD_KEY"
operation 'get range' rclone cat --offset 1 --count 5 "$B/hello.txt"
operation 'head' rclone lsjson --stat "$B/hello.txt"
operation 'list v1' rclone lsf -R "$B" --fast-list
operation 'list v2' rclone lsf "$B/odd/" --s3-list-version 2
operation 'copy' rclone copyto "$B/$ODD_KEY" "$B/copy.txt"
operation 'touch' rclone touch --timestamp 2026-01-31T13:00:00 "$B/copy.txt"
operation 'presigned get' rclone link --expire 1h "$B/hello.txt"
fetch GET "$(cat out.log)"
operation 'delete' rclone deletefile "$B/copy.txt"
operation 'delete many' rclone delete "$B"
operation 'list buckets' rclone lsd r:
operation 'delete bucket' rclone rmdir "$B"
