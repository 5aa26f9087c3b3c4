"""Rust's opendal, by way of its binding for Python."""

import asyncio
import importlib.metadata

import opendal

from stage import *

version(importlib.metadata.version("opendal"))


def operator(**settings):
    return opendal.Operator(
        "s3",
        bucket=BUCKET,
        endpoint=ENDPOINT,
        access_key_id=ACCESS_KEY,
        secret_access_key=SECRET_KEY,
        region="us-east-1",
        disable_config_load="true",
        disable_ec2_metadata="true",
        **settings,
    )


s3 = operator()


def multipart():
    with s3.open("big.bin", "wb", chunk=5 * 1024 * 1024) as file:
        file.write(PART_ONE)
        file.write(PART_TWO)


def presigned(name, path, body=None):
    async def presign():
        return await getattr(s3.to_async_operator(), name)(path, 3600)

    request = asyncio.run(presign())
    fetch(request.method, request.url, body, dict(request.headers))


operation("put", lambda: s3.write("hello.txt", HELLO, content_type="text/plain", user_metadata={"color": "blue"}))
operation("put encoded", lambda: s3.write("hello.txt.gz", ENCODED, content_encoding="gzip"))
operation("put empty", lambda: s3.create_dir("empty/"))
operation("put odd key", lambda: s3.write(ODD_KEY, HELLO))
operation("put if absent", lambda: s3.write("absent.txt", HELLO, if_not_exists=True))
operation("put with checksum", lambda: operator(checksum_algorithm="crc32c").write("checked.txt", HELLO))
operation("multipart", multipart)
operation("get", lambda: s3.read("hello.txt"))
operation("get odd key", lambda: s3.read(ODD_KEY))
operation("get range", lambda: s3.read("hello.txt", offset=1, size=5))
operation("head", lambda: s3.stat("hello.txt"))
operation("list v2", lambda: list(s3.list("odd/")))
operation("list v1", lambda: list(operator(disable_list_objects_v2="true").list("odd/")))
operation("list all", lambda: list(s3.scan("")))
operation("copy", lambda: s3.copy(ODD_KEY, "copy.txt"))
operation("presigned get", lambda: presigned("presign_read", "hello.txt"))
operation("presigned put", lambda: presigned("presign_write", "presigned.txt", "hello"))
operation("delete", lambda: s3.delete("copy.txt"))
operation("delete many", lambda: s3.remove_all(""))
