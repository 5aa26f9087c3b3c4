"""MinIO's own client for Python."""

import io
from datetime import timedelta

import minio
import urllib3
from minio.commonconfig import ComposeSource, CopySource, Tags
from minio.deleteobjects import DeleteObject

from stage import *

version(minio.__version__)

scheme, host = ENDPOINT.split("://")
s3 = minio.Minio(
    host,
    access_key=ACCESS_KEY,
    secret_key=SECRET_KEY,
    secure=scheme == "https",
    region="us-east-1",
    http_client=urllib3.PoolManager(retries=False, ca_certs=AUTHORITY),
)


def put(key, data, **settings):
    s3.put_object(BUCKET, key, io.BytesIO(data), settings.pop("length", len(data)), **settings)


def tags():
    tags = Tags.new_object_tags()
    tags["a"] = "b c"
    return tags


operation("create bucket", lambda: s3.make_bucket(BUCKET))
operation("head bucket", lambda: s3.bucket_exists(BUCKET))
operation("put", lambda: put("hello.txt", HELLO, content_type="text/plain", metadata={"color": "blue"}))
operation("put encoded", lambda: put("hello.txt.gz", ENCODED, metadata={"Content-Encoding": "gzip"}))
operation("put stream", lambda: put("stream.bin", STREAM, length=-1, part_size=5 * 1024 * 1024))
operation("put empty", lambda: put("empty/", b""))
operation("put odd key", lambda: put(ODD_KEY, HELLO))
operation("multipart", lambda: put("big.bin", PART_ONE + PART_TWO, part_size=5 * 1024 * 1024, num_parallel_uploads=1))
operation("get", lambda: s3.get_object(BUCKET, "hello.txt").read())
operation("get odd key", lambda: s3.get_object(BUCKET, ODD_KEY).read())
operation("get range", lambda: s3.get_object(BUCKET, "hello.txt", offset=1, length=5).read())
operation("head", lambda: s3.stat_object(BUCKET, "hello.txt"))
operation("list v1", lambda: list(s3.list_objects(BUCKET, use_api_v1=True, recursive=True)))
operation("list v2", lambda: list(s3.list_objects(BUCKET, prefix="odd/")))
operation("copy", lambda: s3.copy_object(BUCKET, "copy.txt", CopySource(BUCKET, ODD_KEY)))
operation(
    "compose", lambda: s3.compose_object(BUCKET, "composed.bin", [ComposeSource(BUCKET, "big.bin"), ComposeSource(BUCKET, "hello.txt")])
)
operation("put tagging", lambda: s3.set_object_tags(BUCKET, "hello.txt", tags()))
operation("get tagging", lambda: s3.get_object_tags(BUCKET, "hello.txt"))
operation("presigned get", lambda: fetch("GET", s3.presigned_get_object(BUCKET, "hello.txt", timedelta(hours=1))))
operation("presigned put", lambda: fetch("PUT", s3.presigned_put_object(BUCKET, "presigned.txt", timedelta(hours=1)), "hello"))
operation("delete", lambda: s3.remove_object(BUCKET, "presigned.txt"))
KEYS = ["hello.txt", "hello.txt.gz", "stream.bin", "empty/", ODD_KEY, "big.bin", "copy.txt", "composed.bin"]
operation("delete many", lambda: list(s3.remove_objects(BUCKET, [DeleteObject(key) for key in KEYS])))
operation("list buckets", s3.list_buckets)
operation("delete bucket", lambda: s3.remove_bucket(BUCKET))
