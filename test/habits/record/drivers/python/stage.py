"""What all drivers in Python share: the dialogue with the recorder, one JSON document a line."""

import json
import os
import sys

ENDPOINT = os.environ["ENDPOINT"]
ACCESS_KEY = os.environ["ACCESS_KEY"]
SECRET_KEY = os.environ["SECRET_KEY"]
BUCKET = os.environ["BUCKET"]
AUTHORITY = os.environ["AUTHORITY"]

PART_ONE = b"a" * (5 * 1024 * 1024)
PART_TWO = b"b" * 1000
STREAM = b"s" * 100_000
HELLO = b"hello, habits\n"
ENCODED = bytes.fromhex("1f8b0800000000000203cb48cdc9c9d751c8484cca2c290600c1345d8c0d000000")
ODD_KEY = "odd/\u00e4 b+c~(1)'!=&.txt"


def tell(what):
    print(json.dumps(what), flush=True)
    sys.stdin.readline()


def version(text):
    tell({"version": text})


def operation(name, work):
    """Announces what comes next, then does it. What fails is told, and the next goes on."""
    tell({"operation": name})
    try:
        return work()
    except Exception as error:  # whatever a library raises is what there is to say
        tell({"failed": f"{type(error).__name__}: {error}"})


def fetch(method, url, body=None, headers=None):
    """Has a plain HTTP client send what was presigned."""
    tell({"fetch": {"method": method, "url": url, "headers": headers or {}, "body": body}})
