#!/usr/bin/env bash
# The SDKs whose requests are recorded, put into the cache of test/support/tools.sh. Needs python3 with venv, npm, Maven
# with a JDK, Go, Cargo, and of Debian: ruby-aws-sdk-s3, python3-boto3, awscli, s3cmd, rclone, restic.
set -euo pipefail

HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
CACHE=$("$HERE/../../support/tools.sh" where)/habits
AWS_JAVA_1=1.12.797
AWS_JAVA_2=(2.25.70 2.31.78 2.57.8)
MINIO_JAVA=8.6.0
mkdir -p "$CACHE"

if [ ! -x "$CACHE/venv/bin/python" ]; then python3 -m venv "$CACHE/venv"; fi
"$CACHE/venv/bin/pip" install --quiet --disable-pip-version-check \
  pyarrow==26.0.1 chdb==4.4.0 obstore==0.12.1 opendal==0.47.12 minio==7.2.20 \
  duckdb==1.5.5 duckdb-extension-httpfs==1.5.5

mkdir -p "$CACHE/npm"
npm install --prefix "$CACHE/npm" --no-audit --no-fund --no-save --silent bun@1.4.4 aws-sdk@2.1693.0 \
  aws4fetch@1.0.20 @aws-sdk/client-s3@3.300.0 @aws-sdk/lib-storage@3.300.0 @aws-sdk/s3-request-presigner@3.300.0

# java NAME "SOURCE…" GROUP:ARTIFACT:VERSION…: compiles drivers against artifacts; the class path goes beside them.
java_driver() {
  local directory=$CACHE/java/$1 sources=() dependencies='' artifact source
  for source in Stage $2; do sources+=("$HERE/drivers/java/$source.java"); done
  for artifact in "${@:3}"; do
    IFS=: read -r group name version <<< "$artifact"
    dependencies+="<dependency><groupId>$group</groupId><artifactId>$name</artifactId><version>$version</version></dependency>"
  done
  mkdir -p "$directory"
  cat > "$directory/pom.xml" << EOF
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>habits</groupId>
  <artifactId>$1</artifactId>
  <version>1</version>
  <dependencies>$dependencies</dependencies>
</project>
EOF
  mvn -q -B -f "$directory/pom.xml" dependency:build-classpath -Dmdep.outputFile="$directory/classpath" \
    -Dmdep.includeScope=runtime
  javac -nowarn -encoding UTF-8 -cp "$(cat "$directory/classpath")" -d "$directory" "${sources[@]}"
  # As an argument file of `java`: @FILE.
  printf -- '-cp "%s:%s"\n' "$directory" "$(cat "$directory/classpath")" > "$directory/arguments"
}

java_driver aws1 Java1 "com.amazonaws:aws-java-sdk-s3:$AWS_JAVA_1"
for version in "${AWS_JAVA_2[@]}"; do
  java_driver "aws$version" Java2 "software.amazon.awssdk:s3:$version"
done
java_driver transfer Java2Transfer \
  "software.amazon.awssdk:s3:${AWS_JAVA_2[-1]}" "software.amazon.awssdk:s3-transfer-manager:${AWS_JAVA_2[-1]}"
java_driver crt Java2Crt "software.amazon.awssdk:s3:${AWS_JAVA_2[-1]}" "software.amazon.awssdk:aws-crt-client:${AWS_JAVA_2[-1]}"
# Maven takes what okhttp 5 is on the JVM only by this name.
java_driver minio Minio "io.minio:minio:$MINIO_JAVA" com.squareup.okhttp3:okhttp-jvm:5.1.0

mkdir -p "$CACHE/go"
(cd "$HERE/drivers/go" && go build -o "$CACHE/go/" ./aws ./minio)

cargo build --quiet --manifest-path "$HERE/drivers/rust/Cargo.toml" --target-dir "$CACHE/rust"
echo "$CACHE"
