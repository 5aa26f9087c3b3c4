# What all drivers of command line programs share: the dialogue with the recorder, one JSON document a line. To be
# sourced. Leaves files to upload in the working directory: hello.txt, hello.txt.gz, odd.txt, big.bin.
set -u

head -c 5242880 /dev/zero | tr '\0' a > big.bin
head -c 1000 /dev/zero | tr '\0' b >> big.bin
printf 'hello, habits\n' > hello.txt
printf 'hello, habits' | gzip -n > hello.txt.gz
touch -d 2026-01-31T12:00:00Z big.bin hello.txt hello.txt.gz
ODD_KEY="odd/ä b+c~(1)'!=&.txt"
HOST=${ENDPOINT#*://}

tell() {
  printf '%s\n' "$1"
  read -r _
}

version() { tell "{\"version\": \"$1\"}"; }

# operation NAME COMMAND...: announces what comes next, then does it. What fails is told, and the next goes on.
operation() {
  tell "{\"operation\": \"$1\"}"
  shift
  "$@" > out.log 2>&1 ||
    tell "{\"failed\": \"$(tail -n 3 out.log | tr -d '"\\' | tr -s '[:cntrl:]' ' ')\"}"
}

# fetch METHOD URL [BODY]: has a plain HTTP client send what was presigned.
fetch() {
  tell "{\"fetch\": {\"method\": \"$1\", \"url\": \"$2\", \"body\": ${3:-null}}}"
}
