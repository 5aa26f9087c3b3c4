"""The AWS SDK for C++ in ClickHouse's version of it, by way of chDB."""

import importlib.metadata

import chdb
from chdb.session import Session

from stage import *

version(importlib.metadata.version("chdb"))

session = Session()
KEYS = f"'{ACCESS_KEY}', '{SECRET_KEY}'"


def run(sql):
    return session.query(sql.replace("s3(", f"s3('{ENDPOINT}/{BUCKET}/").replace("KEYS", KEYS))


SETTINGS = "SETTINGS s3_truncate_on_insert=1, s3_min_upload_part_size=5242880, s3_max_single_part_upload_size=5242880, s3_max_inflight_parts_for_one_file=1, max_threads=1, max_insert_threads=1, s3_retry_attempts=1"
operation("put", lambda: run(f"INSERT INTO FUNCTION s3(hello.csv', KEYS, 'CSV', 'a String') {SETTINGS} VALUES ('hello')"))
operation(
    "put odd key", lambda: run(f"INSERT INTO FUNCTION s3(odd/%C3%A4%20b%2Bc~(1).csv', KEYS, 'CSV', 'a String') {SETTINGS} VALUES ('hello')")
)
operation(
    "multipart",
    lambda: run(f"INSERT INTO FUNCTION s3(big.csv', KEYS, 'TSVRaw', 'a String') SELECT repeat(repeat('a', 1000), 6000) {SETTINGS}"),
)
operation("get", lambda: run("SELECT * FROM s3(hello.csv', KEYS, 'CSV', 'a String')"))
operation("get odd key", lambda: run("SELECT * FROM s3(odd/%C3%A4%20b%2Bc~(1).csv', KEYS, 'CSV', 'a String')"))
operation("list v2", lambda: run("SELECT * FROM s3(odd/*.csv', KEYS, 'CSV', 'a String')"))
operation("list all", lambda: run("SELECT _path FROM s3(**', KEYS, 'One')"))
