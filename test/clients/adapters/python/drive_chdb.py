"""Does with chdb, which is ClickHouse in a process, what it is told: its table function `s3` over bytes."""

import json
import os

from urllib.parse import quote

from chdb.session import Session
from driving import files_below, room_for, serve

MIB = 1024 * 1024
# A file is one row of one column.
BYTES = "'RawBLOB', 'bytes String'"
SETTINGS = f"""
    SETTINGS s3_max_single_part_upload_size = {8 * MIB}, s3_min_upload_part_size = {5 * MIB},
    s3_truncate_on_insert = 1, s3_create_new_file_on_insert = 0, s3_skip_empty_files = 0,
    engine_file_skip_empty_files = 0, s3_retry_attempts = 1
"""
session = Session()


def text(value):
    return "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'"


def s3(bucket, key, structure):
    url = f"{os.environ['ENDPOINT']}/{bucket}/{quote(key, safe='/*')}"
    keys = [os.environ["AWS_ACCESS_KEY_ID"], os.environ["AWS_SECRET_ACCESS_KEY"]]
    return f"s3({', '.join(map(text, [url, *keys]))}, {structure})"


def upload(file, bucket, key):
    session.query(
        f"INSERT INTO FUNCTION {s3(bucket, key, BYTES)} {SETTINGS} SELECT bytes FROM file({text(file)}, {BYTES})"
    )


def download(bucket, key, file):
    content = session.query(f"SELECT bytes FROM {s3(bucket, key, BYTES)} {SETTINGS}", "RawBLOB").bytes()
    with open(file, "wb") as target:
        target.write(content)


def sync_up(directory, bucket, prefix):
    for path in files_below(directory):
        upload(os.path.join(directory, path), bucket, prefix + path)


def sync_down(bucket, prefix, directory):
    for key in list_keys(bucket, prefix):
        download(bucket, key, room_for(os.path.join(directory, key.removeprefix(prefix))))


def list_keys(bucket, prefix=""):
    answer = session.query(
        f"""SELECT _path FROM {s3(bucket, prefix + "**", "'One'")} {SETTINGS}""", "JSONCompactEachRow"
    )
    return [json.loads(line)[0].removeprefix(f"{bucket}/") for line in answer.bytes().decode().splitlines()]


def table(bucket, key, rows):
    to = s3(bucket, key, "'Parquet', 'number UInt64, text String'")
    session.query(f"""
        INSERT INTO FUNCTION {to} {SETTINGS}, output_format_parquet_compression_method = 'none'
        SELECT number, hex(SHA256(toString(number))) FROM numbers({rows})
    """)
    return int(session.query(f"SELECT sum(number) FROM {to} {SETTINGS}").bytes())


# What it raises is a kind of this that it does not make public.
serve(globals(), RuntimeError)
