//! The AWS SDK for Rust.
use std::collections::HashMap;
use std::env::var;
use std::error::Error;
use std::time::Duration;

use aws_sdk_s3::config::retry::RetryConfig;
use aws_sdk_s3::config::{BehaviorVersion, Credentials, Region};
use aws_sdk_s3::presigning::{PresignedRequest, PresigningConfig};
use aws_sdk_s3::primitives::ByteStream;
use aws_sdk_s3::types::{
    ChecksumAlgorithm, CompletedMultipartUpload, CompletedPart, Delete, ObjectAttributes, ObjectIdentifier, Tag, Tagging,
};
use aws_sdk_s3::{Client, Config};
use serde_json::{Value, json};

const HELLO: &[u8] = b"hello, habits\n";
const ENCODED: &[u8] = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\x03\xcb\x48\xcd\xc9\xc9\xd7\x51\xc8\x48\x4c\xca\x2c\x29\x06\x00\xc1\x34\x5d\x8c\x0d\x00\x00\x00";
const ODD_KEY: &str = "odd/\u{e4} b+c~(1)'!=&.txt";

type Done = Result<(), Box<dyn Error>>;

fn tell(what: Value) {
    println!("{what}");
    let _ = std::io::stdin().read_line(&mut String::new());
}

/// Announces what comes next, then does it. What fails is told, and the next goes on.
async fn operation(name: &str, work: impl Future<Output = Done>) {
    tell(json!({ "operation": name }));
    if let Err(error) = work.await {
        tell(json!({ "failed": format!("{error:?}") }));
    }
}

/// Has a plain HTTP client send what was presigned.
fn fetch(request: &PresignedRequest, body: Option<&str>) {
    let headers: HashMap<&str, &str> = request.headers().collect();
    tell(json!({ "fetch": {
        "method": request.method(), "url": request.uri(), "headers": headers, "body": body,
    } }));
}

macro_rules! done {
    ($call:expr) => {
        async {
            $call.send().await?;
            Ok(())
        }
    };
}

macro_rules! read {
    ($call:expr) => {
        async {
            $call.send().await?.body.collect().await?;
            Ok(())
        }
    };
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Done {
    tell(json!({ "version": "1.157.0" }));
    let config = Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .endpoint_url(var("ENDPOINT")?)
        .region(Region::new("us-east-1"))
        .force_path_style(true)
        .retry_config(RetryConfig::disabled())
        .credentials_provider(Credentials::new(var("ACCESS_KEY")?, var("SECRET_KEY")?, None, None, "habits"))
        .build();
    let s3 = Client::from_conf(config);
    let bucket = &var("BUCKET")?;
    let put = |key: &str, body: ByteStream| s3.put_object().bucket(bucket).key(key).body(body);
    let get = |key: &str| s3.get_object().bucket(bucket).key(key);
    let hello = || ByteStream::from_static(HELLO);

    operation("create bucket", done!(s3.create_bucket().bucket(bucket))).await;
    operation("head bucket", done!(s3.head_bucket().bucket(bucket))).await;
    operation("get location", done!(s3.get_bucket_location().bucket(bucket))).await;
    operation("put", done!(put("hello.txt", hello()).content_type("text/plain").metadata("color", "blue"))).await;
    operation(
        "put encoded",
        done!(put("hello.txt.gz", ByteStream::from_static(ENCODED)).content_encoding("gzip")),
    )
    .await;
    std::fs::write("stream.bin", "s".repeat(100_000))?;
    operation("put stream", done!(put("stream.bin", ByteStream::from_path("stream.bin").await?))).await;
    operation("put empty", done!(put("empty/", ByteStream::from_static(b"")))).await;
    operation("put odd key", done!(put(ODD_KEY, hello()))).await;
    operation(
        "put with checksum",
        done!(put("checked.txt", hello()).checksum_algorithm(ChecksumAlgorithm::Sha256)),
    )
    .await;
    operation("multipart", async {
        let upload = s3.create_multipart_upload().bucket(bucket).key("big.bin").send().await?;
        let id = upload.upload_id().unwrap_or_default();
        let mut parts = CompletedMultipartUpload::builder();
        for (number, data) in [(1, "a".repeat(5 << 20)), (2, "b".repeat(1000))] {
            let body = ByteStream::from(data.into_bytes());
            let part = s3.upload_part().bucket(bucket).key("big.bin").upload_id(id).part_number(number).body(body);
            let part = part.send().await?;
            parts = parts.parts(
                CompletedPart::builder()
                    .part_number(number)
                    .set_e_tag(part.e_tag)
                    .set_checksum_crc32(part.checksum_crc32)
                    .build(),
            );
        }
        let complete = s3.complete_multipart_upload().bucket(bucket).key("big.bin").upload_id(id);
        complete.multipart_upload(parts.build()).send().await?;
        Ok(())
    })
    .await;
    operation("get", read!(get("hello.txt"))).await;
    operation("get odd key", read!(get(ODD_KEY))).await;
    operation("get range", read!(get("hello.txt").range("bytes=1-5"))).await;
    operation("head", done!(s3.head_object().bucket(bucket).key("hello.txt"))).await;
    operation("list v1", done!(s3.list_objects().bucket(bucket))).await;
    operation("list v2", done!(s3.list_objects_v2().bucket(bucket).prefix("odd/").delimiter("/"))).await;
    let source = format!("{bucket}/odd/%C3%A4%20b%2Bc~(1)'!=&.txt");
    operation("copy", done!(s3.copy_object().bucket(bucket).key("copy.txt").copy_source(&source))).await;
    operation(
        "attributes",
        done!(
            s3.get_object_attributes()
                .bucket(bucket)
                .key("hello.txt")
                .object_attributes(ObjectAttributes::Etag)
                .object_attributes(ObjectAttributes::ObjectSize)
                .object_attributes(ObjectAttributes::StorageClass)
        ),
    )
    .await;
    let tags = Tagging::builder().tag_set(Tag::builder().key("a").value("b c").build()?).build()?;
    operation("put tagging", done!(s3.put_object_tagging().bucket(bucket).key("hello.txt").tagging(tags.clone()))).await;
    operation("get tagging", done!(s3.get_object_tagging().bucket(bucket).key("hello.txt"))).await;
    let hour = || PresigningConfig::expires_in(Duration::from_secs(3600));
    operation("presigned get", async {
        fetch(&get("hello.txt").presigned(hour()?).await?, None);
        Ok(())
    })
    .await;
    operation("presigned put", async {
        let request = s3.put_object().bucket(bucket).key("presigned.txt").metadata("color", "blue");
        fetch(&request.presigned(hour()?).await?, Some("hello"));
        Ok(())
    })
    .await;
    operation("delete", done!(s3.delete_object().bucket(bucket).key("presigned.txt"))).await;
    operation("delete many", async {
        let mut delete = Delete::builder();
        for key in
            ["hello.txt", "hello.txt.gz", "stream.bin", "empty/", ODD_KEY, "checked.txt", "big.bin", "copy.txt"]
        {
            delete = delete.objects(ObjectIdentifier::builder().key(key).build()?);
        }
        s3.delete_objects().bucket(bucket).delete(delete.build()?).send().await?;
        Ok(())
    })
    .await;
    operation("list buckets", done!(s3.list_buckets())).await;
    operation("delete bucket", done!(s3.delete_bucket().bucket(bucket))).await;
    Ok(())
}
