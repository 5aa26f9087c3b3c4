#!/usr/bin/env bash
# The AWS CLI, whichever $AWS is.
. "$(dirname "$0")/stage.sh"

export AWS_ACCESS_KEY_ID=$ACCESS_KEY AWS_SECRET_ACCESS_KEY=$SECRET_KEY AWS_DEFAULT_REGION=us-east-1 AWS_PAGER=
export AWS_MAX_ATTEMPTS=1
mkdir -p .aws
printf '[default]\ns3 =\n  addressing_style = path\n  multipart_threshold = 5MB\n  multipart_chunksize = 5MB\n  max_concurrent_requests = 1\n' > .aws/config
aws() { "$AWS" --endpoint-url "$ENDPOINT" "$@"; }
api() { aws s3api "$1" --bucket "$BUCKET" "${@:2}"; }
B=s3://$BUCKET

version "$(aws --version 2>&1 | sed 's,aws-cli/\([^ ]*\).*,\1,')"
operation 'create bucket' aws s3 mb "$B"
operation 'put' aws s3 cp hello.txt "$B/hello.txt" --content-type text/plain --metadata color=blue
operation 'put encoded' aws s3 cp hello.txt.gz "$B/hello.txt.gz" --content-encoding gzip
stream() { aws s3 cp - "$B/stream.bin" < hello.txt; }
operation 'put stream' stream
operation 'put odd key' aws s3 cp hello.txt "$B/$ODD_KEY"
operation 'multipart' aws s3 cp big.bin "$B/big.bin"
operation 'get' aws s3 cp "$B/hello.txt" got.txt
operation 'get odd key' aws s3 cp "$B/$ODD_KEY" got.txt
operation 'get range' api get-object --key hello.txt --range bytes=1-5 got.txt
operation 'head' api head-object --key hello.txt
operation 'list v1' api list-objects
operation 'list v2' aws s3 ls "$B/odd/"
operation 'copy' aws s3 cp "$B/$ODD_KEY" "$B/copy.txt"
operation 'move' aws s3 mv "$B/copy.txt" "$B/moved.txt"
operation 'attributes' api get-object-attributes --key hello.txt --object-attributes ETag ObjectSize StorageClass
operation 'put tagging' api put-object-tagging --key hello.txt --tagging 'TagSet=[{Key=a,Value=b c}]'
operation 'get tagging' api get-object-tagging --key hello.txt
tell '{"operation": "presigned get"}'
fetch GET "$(aws s3 presign "$B/hello.txt")"
operation 'delete' aws s3 rm "$B/moved.txt"
operation 'delete many' api delete-objects --delete 'Objects=[{Key=hello.txt},{Key=stream.bin}],Quiet=true'
operation 'list buckets' aws s3 ls
operation 'delete bucket' aws s3 rb --force "$B"
