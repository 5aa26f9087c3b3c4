"""Rust's object_store, by way of its binding for Python."""


from datetime import timedelta

import obstore
from obstore.store import S3Store

from stage import *

version(f"obstore {obstore.__version__}")


def store(**settings):
    return S3Store(
        BUCKET,
        endpoint=ENDPOINT,
        access_key_id=ACCESS_KEY,
        secret_access_key=SECRET_KEY,
        region="us-east-1",
        client_options={"allow_http": True, "allow_invalid_certificates": True},
        retry_config={"max_retries": 0},
        **settings,
    )


s3 = store()
ATTRIBUTES = {"Content-Type": "text/plain", "color": "blue"}
operation("put", lambda: s3.put("hello.txt", HELLO, attributes=ATTRIBUTES, use_multipart=False))
operation("put encoded", lambda: s3.put("hello.txt.gz", ENCODED, attributes={"Content-Encoding": "gzip"}, use_multipart=False))
operation("put stream", lambda: s3.put("stream.bin", iter([STREAM]), use_multipart=False))
operation("put empty", lambda: s3.put("empty", b"", use_multipart=False))
operation("put odd key", lambda: s3.put(ODD_KEY, HELLO, use_multipart=False))
operation("put if absent", lambda: s3.put("absent.txt", HELLO, mode="create"))
operation("put with tags", lambda: s3.put("tagged.txt", HELLO, tags={"a": "b c"}, use_multipart=False))
operation("put with checksum", lambda: store(checksum_algorithm="SHA256").put("sha256.txt", HELLO, use_multipart=False))
operation("put unsigned", lambda: store(unsigned_payload=True).put("unsigned.txt", HELLO, use_multipart=False))
operation("multipart", lambda: s3.put("big.bin", PART_ONE + PART_TWO, use_multipart=True, max_concurrency=1))
operation("get", lambda: s3.get("hello.txt").bytes())
operation("get odd key", lambda: s3.get(ODD_KEY).bytes())
operation("get range", lambda: s3.get_range("hello.txt", start=1, end=6))
operation("get suffix", lambda: s3.get("hello.txt", options={"range": {"suffix": 4}}).bytes())
operation("get if match", lambda: s3.get("hello.txt", options={"if_match": s3.head("hello.txt")["e_tag"]}).bytes())
operation("head", lambda: s3.head("hello.txt"))
operation("list v2", lambda: s3.list_with_delimiter("odd"))
operation("list all", lambda: s3.list(offset="a").collect())
operation("copy", lambda: s3.copy(ODD_KEY, "copy.txt"))
operation("rename", lambda: s3.rename("copy.txt", "renamed.txt"))
operation("presigned get", lambda: fetch("GET", obstore.sign(s3, "GET", "hello.txt", timedelta(hours=1))))
operation("presigned put", lambda: fetch("PUT", obstore.sign(s3, "PUT", "presigned.txt", timedelta(hours=1)), "hello"))
operation("delete", lambda: s3.delete("presigned.txt"))
KEYS = ["hello.txt", "hello.txt.gz", "stream.bin", "empty", ODD_KEY, "absent.txt", "tagged.txt", "sha256.txt", "unsigned.txt", "big.bin", "renamed.txt"]
operation("delete many", lambda: s3.delete(KEYS))
