"""The drivers' side of the conversation that driven.ts begins."""

import json
import os
import sys


def serve(functions, *failures):
    """Does what it is told, until there is nothing more. What a program that uses the library can catch and show are
    its failures; anything else is a defect, and ends this one."""
    for line in sys.stdin:
        name, *arguments = json.loads(line)
        try:
            answer = {"result": functions[name](*arguments)}
        except failures as error:
            answer = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps(answer), flush=True)


def files_below(directory):
    """The paths of all files below, as they are seen from there."""
    for folder, _, names in os.walk(directory):
        for name in names:
            yield os.path.relpath(os.path.join(folder, name), directory)


def room_for(file):
    """The file, in a folder that is there."""
    os.makedirs(os.path.dirname(file), exist_ok=True)
    return file
