"""Does with obstore what it is told. A store of its is one bucket."""

import functools
import os
import pathlib
from datetime import timedelta

import obstore
from driving import files_below, room_for, serve
from obstore.exceptions import BaseError
from obstore.store import S3Store


@functools.cache
def store(bucket):
    return S3Store(
        bucket,
        endpoint=os.environ["ENDPOINT"],
        region="us-east-1",
        virtual_hosted_style_request=False,
        client_options={
            "allow_http": True,
            "root_certificate": pathlib.Path(os.environ["AUTHORITY"]).read_bytes(),
        },
    )


def upload(file, bucket, key, **options):
    obstore.put(store(bucket), key, pathlib.Path(file), **options)


def download(bucket, key, file):
    with open(file, "wb") as target:
        for piece in obstore.get(store(bucket), key):
            target.write(piece)


def get_range(bucket, key, first, last):
    return bytes(obstore.get_range(store(bucket), key, start=first, end=last + 1)).hex()


def sync_up(directory, bucket, prefix):
    for path in files_below(directory):
        upload(os.path.join(directory, path), bucket, prefix + path)


def sync_down(bucket, prefix, directory):
    for key in list_keys(bucket, prefix):
        download(bucket, key, room_for(os.path.join(directory, key.removeprefix(prefix))))


def list_keys(bucket, prefix=None):
    return [item["path"] for page in obstore.list(store(bucket), prefix) for item in page]


def copy(source, target):
    obstore.copy(store(source["bucket"]), source["key"], target["key"])


def upload_with_metadata(file, bucket, key, metadata):
    upload(file, bucket, key, attributes=metadata)


def metadata(bucket, key):
    return dict(obstore.get(store(bucket), key).attributes)


def presign_get(bucket, key):
    return obstore.sign(store(bucket), "GET", key, timedelta(minutes=10))


def presign_put(bucket, key):
    return obstore.sign(store(bucket), "PUT", key, timedelta(minutes=10))


def remove(bucket, key):
    obstore.delete(store(bucket), key)


def remove_many(bucket, keys):
    obstore.delete(store(bucket), keys)


serve(globals(), BaseError, OSError, ValueError)
