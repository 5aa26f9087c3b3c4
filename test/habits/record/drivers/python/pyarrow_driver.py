"""The AWS SDK for C++, by way of Arrow's file system."""

import pyarrow
import pyarrow.fs as fs

from stage import *

version(f"pyarrow {pyarrow.__version__}")

scheme, host = ENDPOINT.split("://")
settings = dict(
    access_key=ACCESS_KEY,
    secret_key=SECRET_KEY,
    region="us-east-1",
    scheme=scheme,
    endpoint_override=host,
    allow_bucket_creation=True,
    allow_bucket_deletion=True,
    background_writes=False,
    tls_ca_file_path=AUTHORITY,
    retry_strategy=fs.AwsStandardS3RetryStrategy(max_attempts=1),
)
s3 = fs.S3FileSystem(**settings)
# It may put a small object in one request only where it may open late.
late = fs.S3FileSystem(**settings, allow_delayed_open=True)


def put(key, data, system=s3, **settings):
    with system.open_output_stream(f"{BUCKET}/{key}", **settings) as stream:
        stream.write(data)


def get(key):
    with s3.open_input_file(f"{BUCKET}/{key}") as file:
        return file.read()


def get_range(key):
    with s3.open_input_file(f"{BUCKET}/{key}") as file:
        return file.read_at(5, 1)


def multipart():
    with s3.open_output_stream(f"{BUCKET}/big.bin") as stream:
        stream.write(PART_ONE)
        stream.write(PART_ONE)
        stream.write(PART_TWO)


operation("create bucket", lambda: s3.create_dir(BUCKET))
operation("put", lambda: put("hello.txt", HELLO, metadata={"Content-Type": "text/plain", "color": "blue"}))
operation("put encoded", lambda: put("hello.txt.gz", ENCODED, compression=None, metadata={"Content-Encoding": "gzip"}))
operation("put at once", lambda: put("late.txt", HELLO, late, metadata={"Content-Type": "text/plain"}))
operation("put empty", lambda: s3.create_dir(f"{BUCKET}/empty"))
operation("put odd key", lambda: put(ODD_KEY, HELLO))
operation("multipart", multipart)
operation("get", lambda: get("hello.txt"))
operation("get odd key", lambda: get(ODD_KEY))
operation("get range", lambda: get_range("hello.txt"))
operation("head", lambda: s3.get_file_info(f"{BUCKET}/hello.txt"))
operation("list v2", lambda: s3.get_file_info(fs.FileSelector(f"{BUCKET}/odd")))
operation("list all", lambda: s3.get_file_info(fs.FileSelector(BUCKET, recursive=True)))
operation("copy", lambda: s3.copy_file(f"{BUCKET}/{ODD_KEY}", f"{BUCKET}/copy.txt"))
operation("move", lambda: s3.move(f"{BUCKET}/copy.txt", f"{BUCKET}/moved.txt"))
operation("delete", lambda: s3.delete_file(f"{BUCKET}/moved.txt"))
operation("delete many", lambda: s3.delete_dir_contents(BUCKET))
operation("list buckets", lambda: s3.get_file_info(fs.FileSelector("/")))
operation("delete bucket", lambda: s3.delete_dir(BUCKET))
