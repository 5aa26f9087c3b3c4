#!/usr/bin/env bash
. "$(dirname "$0")/stage.sh"

cat > .s3cfg << EOF
[default]
access_key = $ACCESS_KEY
secret_key = $SECRET_KEY
host_base = $HOST
host_bucket = $HOST
use_https = $([[ $ENDPOINT == https* ]] && echo True || echo False)
ca_certs_file = $AUTHORITY
max_retries = 1
multipart_chunk_size_mb = 5
EOF
s3cmd() { /usr/bin/s3cmd -c .s3cfg --no-progress "$@"; }
B=s3://$BUCKET

version "$(s3cmd --version | awk '{print $3}')"
operation 'create bucket' s3cmd mb "$B"
operation 'put' s3cmd put --mime-type=text/plain --add-header=x-amz-meta-color:blue hello.txt "$B/hello.txt"
operation 'put encoded' s3cmd put --add-header=Content-Encoding:gzip --no-preserve hello.txt.gz "$B/hello.txt.gz"
operation 'put odd key' s3cmd put hello.txt "$B/$ODD_KEY"
operation 'multipart' s3cmd put big.bin "$B/big.bin"
operation 'sync' s3cmd sync --exclude='*' --include='hello*' ./ "$B/synced/"
operation 'get' s3cmd get --force "$B/hello.txt" got.txt
operation 'get odd key' s3cmd get --force "$B/$ODD_KEY" got.txt
head -c 5 hello.txt > got.txt
operation 'get range' s3cmd get --continue "$B/hello.txt" got.txt
operation 'head' s3cmd info "$B/hello.txt"
operation 'list v1' s3cmd ls --recursive "$B"
operation 'list v2' s3cmd ls "$B/odd/"
operation 'copy' s3cmd cp "$B/$ODD_KEY" "$B/copy.txt"
operation 'move' s3cmd mv "$B/copy.txt" "$B/moved.txt"
operation 'modify' s3cmd modify --add-header=x-amz-meta-color:red "$B/moved.txt"
operation 'put acl' s3cmd setacl --acl-private "$B/hello.txt"
tell '{"operation": "presigned get"}'
# It always says http.
fetch GET "${ENDPOINT%%:*}:$(s3cmd signurl "$B/hello.txt" +3600 | cut -d : -f 2-)"
operation 'delete' s3cmd del "$B/moved.txt"
operation 'delete many' s3cmd del --recursive --force "$B"
operation 'list buckets' s3cmd ls
operation 'delete bucket' s3cmd rb "$B"
