"""Does with DuckDB what it is told: its file functions over `s3://`."""

import os
import pathlib

import duckdb
import duckdb_extension_httpfs
from driving import files_below, room_for, serve

scheme, host = os.environ["ENDPOINT"].split("://")
db = duckdb.connect()
extensions = pathlib.Path(duckdb_extension_httpfs.__file__).parent.glob("extensions/*/httpfs.duckdb_extension")
db.load_extension(str(next(extensions)))


def text(value):
    return "'" + value.replace("'", "''") + "'"


db.execute(
    f"""
    SET ca_cert_file = {text(os.environ["AUTHORITY"])};
    -- Of ten thousand parts: the least size, as with large files.
    SET s3_uploader_max_filesize = '50GB';
    CREATE SECRET (
        TYPE s3, ENDPOINT {text(host)}, USE_SSL {scheme == "https"}, URL_STYLE 'path', REGION 'us-east-1',
        KEY_ID {text(os.environ["AWS_ACCESS_KEY_ID"])}, SECRET {text(os.environ["AWS_SECRET_ACCESS_KEY"])}
    )
    """
)


def s3(bucket, key):
    return text(f"s3://{bucket}/{key}")


def upload(file, bucket, key):
    db.execute(f"COPY (SELECT content FROM read_blob({text(file)})) TO {s3(bucket, key)} (FORMAT blob)")


def download(bucket, key, file):
    [(content,)] = db.execute(f"SELECT content FROM read_blob({s3(bucket, key)})").fetchall()
    pathlib.Path(file).write_bytes(content)


def sync_up(directory, bucket, prefix):
    for path in files_below(directory):
        upload(os.path.join(directory, path), bucket, prefix + path)


def sync_down(bucket, prefix, directory):
    for key in list_keys(bucket, prefix):
        download(bucket, key, room_for(os.path.join(directory, key.removeprefix(prefix))))


def list_keys(bucket, prefix=""):
    files = db.execute(f"SELECT file FROM glob({s3(bucket, prefix + '**')})").fetchall()
    return [file.removeprefix(f"s3://{bucket}/") for (file,) in files]


def table(bucket, key, rows):
    db.execute(
        f"""
        COPY (SELECT range AS number, sha256(range::VARCHAR) AS text FROM range({rows}))
        TO {s3(bucket, key)} (FORMAT parquet, COMPRESSION uncompressed)
        """
    )
    [(total,)] = db.execute(f"SELECT sum(number) FROM {s3(bucket, key)}").fetchall()
    return int(total)


serve(globals(), duckdb.Error)
