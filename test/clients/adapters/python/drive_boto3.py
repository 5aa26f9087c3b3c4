"""Does with boto3 what it is told."""

import json
import os

import boto3
import botocore.exceptions
from botocore.config import Config
from driving import files_below, room_for, serve

s3 = boto3.client(
    "s3",
    endpoint_url=os.environ["ENDPOINT"],
    region_name="us-east-1",
    config=Config(s3={"addressing_style": "path"}),
)


def make_bucket(bucket):
    s3.create_bucket(Bucket=bucket)


def list_buckets():
    return [bucket["Name"] for bucket in s3.list_buckets()["Buckets"]]


def remove_bucket(bucket):
    s3.delete_bucket(Bucket=bucket)


def upload(file, bucket, key):
    s3.upload_file(file, bucket, key)


def download(bucket, key, file):
    s3.download_file(bucket, key, file)


def get_range(bucket, key, first, last):
    body = s3.get_object(Bucket=bucket, Key=key, Range=f"bytes={first}-{last}")["Body"]
    return body.read().hex()


def sync_up(directory, bucket, prefix):
    for path in files_below(directory):
        s3.upload_file(os.path.join(directory, path), bucket, prefix + path)


def sync_down(bucket, prefix, directory):
    for page in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix):
        for item in page.get("Contents", []):
            s3.download_file(bucket, item["Key"], room_for(os.path.join(directory, item["Key"][len(prefix) :])))


def list_keys(bucket):
    pages = s3.get_paginator("list_objects_v2").paginate(Bucket=bucket)
    return [item["Key"] for page in pages for item in page.get("Contents", [])]


def copy(source, target):
    s3.copy({"Bucket": source["bucket"], "Key": source["key"]}, target["bucket"], target["key"])


def set_tags(bucket, key, tags):
    tag_set = [{"Key": name, "Value": value} for name, value in tags.items()]
    s3.put_object_tagging(Bucket=bucket, Key=key, Tagging={"TagSet": tag_set})


def get_tags(bucket, key):
    tag_set = s3.get_object_tagging(Bucket=bucket, Key=key)["TagSet"]
    return {tag["Key"]: tag["Value"] for tag in tag_set}


def upload_with_metadata(file, bucket, key, metadata):
    s3.upload_file(file, bucket, key, ExtraArgs={"Metadata": metadata})


def metadata(bucket, key):
    return s3.head_object(Bucket=bucket, Key=key)["Metadata"]


def attributes(bucket, key):
    wanted = ["ETag", "ObjectSize"]
    return s3.get_object_attributes(Bucket=bucket, Key=key, ObjectAttributes=wanted)["ObjectSize"]


def presign_get(bucket, key):
    return s3.generate_presigned_url("get_object", Params={"Bucket": bucket, "Key": key})


def presign_put(bucket, key):
    return s3.generate_presigned_url("put_object", Params={"Bucket": bucket, "Key": key})


def remove(bucket, key):
    s3.delete_object(Bucket=bucket, Key=key)


def remove_many(bucket, keys):
    objects = [{"Key": key} for key in keys]
    result = s3.delete_objects(Bucket=bucket, Delete={"Objects": objects})
    if result.get("Errors"):
        raise RuntimeError(json.dumps(result["Errors"]))


serve(globals(), botocore.exceptions.BotoCoreError, botocore.exceptions.ClientError, boto3.exceptions.Boto3Error)
