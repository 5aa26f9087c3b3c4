"""Does with opendal what it is told. An operator of its is one bucket."""

import asyncio
import functools
import os
import shutil

import opendal
from driving import files_below, room_for, serve
from opendal import exceptions

PART = 5 * 1024 * 1024
FAILURES = [kind for kind in vars(exceptions).values() if isinstance(kind, type) and issubclass(kind, Exception)]


@functools.cache
def operator(bucket):
    return opendal.Operator("s3", bucket=bucket, endpoint=os.environ["ENDPOINT"], region="us-east-1")


def upload(file, bucket, key, **options):
    with open(file, "rb") as source, operator(bucket).open(key, "wb", chunk=PART, **options) as target:
        shutil.copyfileobj(source, target, PART)


def download(bucket, key, file):
    with operator(bucket).open(key, "rb") as source, open(file, "wb") as target:
        shutil.copyfileobj(source, target)


def get_range(bucket, key, first, last):
    return bytes(operator(bucket).read(key, offset=first, size=last - first + 1)).hex()


def sync_up(directory, bucket, prefix):
    for path in files_below(directory):
        upload(os.path.join(directory, path), bucket, prefix + path)


def sync_down(bucket, prefix, directory):
    for key in list_keys(bucket, prefix):
        download(bucket, key, room_for(os.path.join(directory, key.removeprefix(prefix))))


def list_keys(bucket, prefix="/"):
    entries = operator(bucket).list(prefix, recursive=True)
    return [entry.path for entry in entries if not entry.path.endswith("/")]


def copy(source, target):
    operator(source["bucket"]).copy(source["key"], target["key"])


def upload_with_metadata(file, bucket, key, metadata):
    with open(file, "rb") as source:
        operator(bucket).write(key, source.read(), user_metadata=metadata)


def metadata(bucket, key):
    return operator(bucket).stat(key).user_metadata


def presign_get(bucket, key):
    return asyncio.run(presigned("presign_read", bucket, key))


def presign_put(bucket, key):
    return asyncio.run(presigned("presign_write", bucket, key))


async def presigned(name, bucket, key):
    request = await getattr(operator(bucket).to_async_operator(), name)(key, 600)
    return request.url


def remove(bucket, key):
    operator(bucket).delete(key)


def remove_many(bucket, keys):
    operator(bucket).remove_all(os.path.commonpath(keys) + "/")


serve(globals(), *FAILURES)
