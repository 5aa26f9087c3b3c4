"""boto3, whichever version the interpreter has."""

import io

import boto3
import botocore
from boto3.s3.transfer import TransferConfig
from botocore.config import Config

from stage import *

version(boto3.__version__)


def client(**settings):
    return boto3.client(
        "s3",
        endpoint_url=ENDPOINT,
        region_name="us-east-1",
        aws_access_key_id=ACCESS_KEY,
        aws_secret_access_key=SECRET_KEY,
        config=Config(s3={"addressing_style": "path"}, retries={"total_max_attempts": 1}, **settings),
    )


s3 = client()
b = {"Bucket": BUCKET}


def multipart():
    upload = s3.create_multipart_upload(**b, Key="big.bin", Metadata={"color": "blue"})
    parts = [
        {
            "PartNumber": number,
            "ETag": s3.upload_part(**b, Key="big.bin", UploadId=upload["UploadId"], PartNumber=number, Body=data)["ETag"],
        }
        for number, data in enumerate([PART_ONE, PART_TWO], 1)
    ]
    s3.complete_multipart_upload(**b, Key="big.bin", UploadId=upload["UploadId"], MultipartUpload={"Parts": parts})


def transfer():
    config = TransferConfig(multipart_threshold=5 * 1024 * 1024, multipart_chunksize=5 * 1024 * 1024, use_threads=False)
    s3.upload_fileobj(io.BytesIO(PART_ONE + PART_TWO), BUCKET, "transferred.bin", Config=config)


operation("create bucket", lambda: s3.create_bucket(**b))
operation("head bucket", lambda: s3.head_bucket(**b))
operation("get location", lambda: s3.get_bucket_location(**b))
operation(
    "put", lambda: s3.put_object(**b, Key="hello.txt", Body=HELLO, ContentType="text/plain", Metadata={"color": "blue"})
)
operation("put encoded", lambda: s3.put_object(**b, Key="hello.txt.gz", Body=ENCODED, ContentEncoding="gzip"))
operation("put stream", lambda: s3.put_object(**b, Key="stream.bin", Body=io.BytesIO(STREAM)))
operation("put empty", lambda: s3.put_object(**b, Key="empty/"))
operation("put odd key", lambda: s3.put_object(**b, Key=ODD_KEY, Body=HELLO))
operation("multipart", multipart)
operation("transfer", transfer)
operation("get", lambda: s3.get_object(**b, Key="hello.txt")["Body"].read())
operation("get odd key", lambda: s3.get_object(**b, Key=ODD_KEY)["Body"].read())
operation("get range", lambda: s3.get_object(**b, Key="hello.txt", Range="bytes=1-5")["Body"].read())
operation("head", lambda: s3.head_object(**b, Key="hello.txt"))
operation("list v1", lambda: s3.list_objects(**b))
operation("list v2", lambda: s3.list_objects_v2(**b, Prefix="odd/", Delimiter="/"))
operation("copy", lambda: s3.copy_object(**b, Key="copy.txt", CopySource={"Bucket": BUCKET, "Key": ODD_KEY}))
operation(
    "attributes",
    lambda: s3.get_object_attributes(**b, Key="hello.txt", ObjectAttributes=["ETag", "ObjectSize", "StorageClass"]),
)
operation(
    "put tagging", lambda: s3.put_object_tagging(**b, Key="hello.txt", Tagging={"TagSet": [{"Key": "a", "Value": "b c"}]})
)
operation("get tagging", lambda: s3.get_object_tagging(**b, Key="hello.txt"))
for name, s in [("presigned", s3), ("presigned v4", client(signature_version="s3v4"))]:
    operation(f"{name} get", lambda: fetch("GET", s.generate_presigned_url("get_object", Params={**b, "Key": "hello.txt"})))
    operation(
        f"{name} put",
        lambda: fetch("PUT", s.generate_presigned_url("put_object", Params={**b, "Key": "presigned.txt"}), "hello"),
    )
operation("delete", lambda: s3.delete_object(**b, Key="presigned.txt"))
KEYS = ["hello.txt", "hello.txt.gz", "stream.bin", "empty/", ODD_KEY, "big.bin", "transferred.bin", "copy.txt"]
operation("delete many", lambda: s3.delete_objects(**b, Delete={"Objects": [{"Key": key} for key in KEYS]}))
operation("list buckets", s3.list_buckets)
operation("delete bucket", lambda: s3.delete_bucket(**b))
