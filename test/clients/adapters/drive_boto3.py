"""Does with boto3 what it is told on standard input: a JSON list [function, argument, ...] a line."""

import json
import os
import sys

import boto3
import botocore.exceptions
from botocore.config import Config

s3 = boto3.client(
    "s3",
    endpoint_url=os.environ["ENDPOINT"],
    region_name="us-east-1",
    config=Config(s3={"addressing_style": "path"}),
)


def make_bucket(bucket):
    s3.create_bucket(Bucket=bucket)


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
    for folder, _, names in os.walk(directory):
        for name in names:
            path = os.path.join(folder, name)
            s3.upload_file(path, bucket, prefix + os.path.relpath(path, directory))


def sync_down(bucket, prefix, directory):
    for page in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix):
        for item in page.get("Contents", []):
            path = os.path.join(directory, item["Key"][len(prefix) :])
            os.makedirs(os.path.dirname(path), exist_ok=True)
            s3.download_file(bucket, item["Key"], path)


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


for line in sys.stdin:
    name, *arguments = json.loads(line)
    try:
        answer = {"result": globals()[name](*arguments)}
    # What a program that uses boto3 can catch and show; anything else is a defect, and ends this one.
    except (botocore.exceptions.BotoCoreError, botocore.exceptions.ClientError, boto3.exceptions.Boto3Error) as error:
        answer = {"error": str(error)}
    print(json.dumps(answer), flush=True)
