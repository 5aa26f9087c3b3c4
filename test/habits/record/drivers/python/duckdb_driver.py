"""DuckDB's httpfs, from the extension file that its package carries."""

import pathlib

import duckdb
import duckdb_extension_httpfs

from stage import *

version(duckdb.__version__)

scheme, host = ENDPOINT.split("://")
db = duckdb.connect(config={"allow_unsigned_extensions": "true"})
extension = next(pathlib.Path(duckdb_extension_httpfs.__file__).parent.rglob("httpfs.duckdb_extension"))
db.execute(f"LOAD '{extension}'")
db.execute(f"SET ca_cert_file = '{AUTHORITY}'")
db.execute("SET threads = 1")
db.execute("SET http_retries = 0")
db.execute(
    f"""CREATE SECRET (TYPE s3, KEY_ID '{ACCESS_KEY}', SECRET '{SECRET_KEY}', REGION 'us-east-1',
        ENDPOINT '{host}', URL_STYLE 'path', USE_SSL {str(scheme == "https").lower()})"""
)


def run(sql):
    return db.execute(sql.replace("s3:/", f"s3://{BUCKET}/")).fetchall()


operation("put", lambda: run("COPY (SELECT 'hello' AS greeting) TO 's3:/hello.csv'"))
operation("put odd key", lambda: run("COPY (SELECT 'hello' AS greeting) TO 's3:/odd/\u00e4 b+c~(1).csv'"))
operation("multipart", lambda: run("COPY (SELECT repeat('a', 12000000)) TO 's3:/big.csv' (HEADER false)"))
operation("put parquet", lambda: run("COPY (SELECT 42 AS answer) TO 's3:/odd/answer.parquet'"))
operation("get", lambda: run("SELECT * FROM 's3:/hello.csv'"))
operation("get odd key", lambda: run("SELECT * FROM 's3:/odd/\u00e4 b+c~(1).csv'"))
operation("get range", lambda: run("SELECT * FROM 's3:/odd/answer.parquet'"))
operation("list v2", lambda: run("SELECT * FROM 's3:/odd/*.parquet'"))
operation("list all", lambda: run("SELECT * FROM glob('s3:/**')"))
