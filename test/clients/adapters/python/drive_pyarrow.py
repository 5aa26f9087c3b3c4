"""Does with pyarrow's file system what it is told."""

import hashlib
import os

import pyarrow
from driving import serve
from pyarrow import ArrowException, compute, parquet
from pyarrow.fs import FileSelector, FileType, LocalFileSystem, S3FileSystem, copy_files

scheme, host = os.environ["ENDPOINT"].split("://")
s3 = S3FileSystem(
    scheme=scheme,
    endpoint_override=host,
    region="us-east-1",
    allow_bucket_creation=True,
    allow_bucket_deletion=True,
    tls_ca_file_path=os.environ["AUTHORITY"],
)
local = LocalFileSystem()


def make_bucket(bucket):
    s3.create_dir(bucket)


def list_buckets():
    return [info.path for info in s3.get_file_info(FileSelector(""))]


def remove_bucket(bucket):
    s3.delete_dir(bucket)


def upload(file, bucket, key):
    copy_files(file, f"{bucket}/{key}", local, s3)


def download(bucket, key, file):
    copy_files(f"{bucket}/{key}", file, s3, local)


def get_range(bucket, key, first, last):
    with s3.open_input_file(f"{bucket}/{key}") as file:
        return file.read_at(last - first + 1, first).hex()


def sync_up(directory, bucket, prefix):
    copy_files(directory, f"{bucket}/{prefix}", local, s3)


def sync_down(bucket, prefix, directory):
    copy_files(f"{bucket}/{prefix}", directory, s3, local)


def list_keys(bucket):
    infos = s3.get_file_info(FileSelector(bucket, recursive=True))
    return [info.path.removeprefix(f"{bucket}/") for info in infos if info.type == FileType.File]


def copy(source, target):
    s3.copy_file(f"{source['bucket']}/{source['key']}", f"{target['bucket']}/{target['key']}")


def table(bucket, key, rows):
    numbers = pyarrow.array(range(rows))
    texts = pyarrow.array(hashlib.sha256(str(number).encode()).hexdigest() for number in range(rows))
    written = pyarrow.table({"number": numbers, "text": texts})
    parquet.write_table(written, f"{bucket}/{key}", filesystem=s3, compression="none")
    read = parquet.read_table(f"{bucket}/{key}", columns=["number"], filesystem=s3)
    return compute.sum(read["number"]).as_py()


def remove(bucket, key):
    s3.delete_file(f"{bucket}/{key}")


def remove_many(bucket, keys):
    s3.delete_dir(f"{bucket}/{os.path.commonpath(keys)}")


serve(globals(), OSError, ArrowException)
