import java.io.ByteArrayInputStream;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.async.AsyncRequestBody;
import software.amazon.awssdk.core.retry.RetryPolicy;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.core.util.VersionInfo;
import software.amazon.awssdk.http.ContentStreamProvider;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3AsyncClient;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.S3Configuration;
import software.amazon.awssdk.services.s3.model.*;
import software.amazon.awssdk.services.s3.presigner.S3Presigner;
import software.amazon.awssdk.services.s3.presigner.model.PresignedPutObjectRequest;

/** The AWS SDK for Java 2, the synchronous client and the asynchronous one. */
class Java2 {
    private static final String BUCKET = Stage.BUCKET;

    public static void main(String[] args) throws Exception {
        Stage.version(VersionInfo.SDK_VERSION);
        StaticCredentialsProvider credentials = StaticCredentialsProvider.create(
            AwsBasicCredentials.create(Stage.ACCESS_KEY, Stage.SECRET_KEY));
        S3Client s3 = S3Client.builder().endpointOverride(URI.create(Stage.ENDPOINT)).region(Region.US_EAST_1)
            .forcePathStyle(true).credentialsProvider(credentials)
            .overrideConfiguration(c -> c.retryPolicy(RetryPolicy.none())).build();

        Stage.operation("create bucket", () -> s3.createBucket(b -> b.bucket(BUCKET)));
        Stage.operation("head bucket", () -> s3.headBucket(b -> b.bucket(BUCKET)));
        Stage.operation("get location", () -> s3.getBucketLocation(b -> b.bucket(BUCKET)));
        Stage.operation("put", () -> s3.putObject(
            b -> b.bucket(BUCKET).key("hello.txt").contentType("text/plain").metadata(Map.of("color", "blue")),
            RequestBody.fromBytes(Stage.HELLO)));
        Stage.operation("put encoded", () -> s3.putObject(
            b -> b.bucket(BUCKET).key("hello.txt.gz").contentEncoding("gzip"), RequestBody.fromBytes(Stage.ENCODED)));
        Stage.operation("put stream", () -> s3.putObject(b -> b.bucket(BUCKET).key("stream.bin"),
            RequestBody.fromInputStream(new ByteArrayInputStream(Stage.STREAM), Stage.STREAM.length)));
        Stage.operation("put stream of unknown length", () -> s3.putObject(b -> b.bucket(BUCKET).key("stream.bin"),
            RequestBody.fromContentProvider(
                (ContentStreamProvider) () -> new ByteArrayInputStream(Stage.STREAM), "application/octet-stream")));
        Stage.operation("put empty", () -> s3.putObject(b -> b.bucket(BUCKET).key("empty/"), RequestBody.empty()));
        Stage.operation("put odd key", () -> s3.putObject(b -> b.bucket(BUCKET).key(Stage.ODD_KEY),
            RequestBody.fromBytes(Stage.HELLO)));
        Stage.operation("put with checksum", () -> s3.putObject(
            b -> b.bucket(BUCKET).key("checked.txt").checksumAlgorithm(ChecksumAlgorithm.SHA256),
            RequestBody.fromBytes(Stage.HELLO)));
        Stage.operation("put unchunked", () -> {
            try (S3Client plain = S3Client.builder().endpointOverride(URI.create(Stage.ENDPOINT))
                .region(Region.US_EAST_1).credentialsProvider(credentials)
                .serviceConfiguration(
                    S3Configuration.builder().chunkedEncodingEnabled(false).pathStyleAccessEnabled(true).build())
                .build()) {
                plain.putObject(b -> b.bucket(BUCKET).key("hello.txt.gz"), RequestBody.fromBytes(Stage.HELLO));
            }
        });
        Stage.operation("multipart", () -> {
            String upload = s3.createMultipartUpload(b -> b.bucket(BUCKET).key("big.bin")).uploadId();
            List<CompletedPart> parts = new ArrayList<>();
            for (byte[] data : List.of(Stage.PART_ONE, Stage.PART_TWO)) {
                int number = parts.size() + 1;
                UploadPartResponse part = s3.uploadPart(
                    b -> b.bucket(BUCKET).key("big.bin").uploadId(upload).partNumber(number),
                    RequestBody.fromBytes(data));
                parts.add(CompletedPart.builder().partNumber(number).eTag(part.eTag())
                    .checksumCRC32(part.checksumCRC32()).build());
            }
            s3.completeMultipartUpload(b -> b.bucket(BUCKET).key("big.bin").uploadId(upload)
                .multipartUpload(m -> m.parts(parts)));
        });
        S3AsyncClient async = S3AsyncClient.builder().endpointOverride(URI.create(Stage.ENDPOINT))
            .region(Region.US_EAST_1).forcePathStyle(true).credentialsProvider(credentials)
            .overrideConfiguration(c -> c.retryPolicy(RetryPolicy.none())).build();
        Stage.operation("put by the asynchronous client", () -> async.putObject(
            b -> b.bucket(BUCKET).key("stream.bin"), AsyncRequestBody.fromBytes(Stage.STREAM)).join());
        Stage.operation("get", () -> s3.getObjectAsBytes(b -> b.bucket(BUCKET).key("hello.txt")));
        Stage.operation("get odd key", () -> s3.getObjectAsBytes(b -> b.bucket(BUCKET).key(Stage.ODD_KEY)));
        Stage.operation("get range",
            () -> s3.getObjectAsBytes(b -> b.bucket(BUCKET).key("hello.txt").range("bytes=1-5")));
        Stage.operation("get with checksum", () -> s3.getObjectAsBytes(
            b -> b.bucket(BUCKET).key("checked.txt").checksumMode(ChecksumMode.ENABLED)));
        Stage.operation("head", () -> s3.headObject(b -> b.bucket(BUCKET).key("hello.txt")));
        Stage.operation("list v1", () -> s3.listObjects(b -> b.bucket(BUCKET)));
        Stage.operation("list v2", () -> s3.listObjectsV2(b -> b.bucket(BUCKET).prefix("odd/").delimiter("/")));
        Stage.operation("copy", () -> s3.copyObject(b -> b.sourceBucket(BUCKET).sourceKey(Stage.ODD_KEY)
            .destinationBucket(BUCKET).destinationKey("copy.txt")));
        Stage.operation("attributes", () -> s3.getObjectAttributes(b -> b.bucket(BUCKET).key("hello.txt")
            .objectAttributes(ObjectAttributes.E_TAG, ObjectAttributes.OBJECT_SIZE, ObjectAttributes.STORAGE_CLASS)));
        Stage.operation("put tagging", () -> s3.putObjectTagging(b -> b.bucket(BUCKET).key("hello.txt")
            .tagging(t -> t.tagSet(Tag.builder().key("a").value("b c").build()))));
        Stage.operation("get tagging", () -> s3.getObjectTagging(b -> b.bucket(BUCKET).key("hello.txt")));
        S3Presigner presigner = S3Presigner.builder().endpointOverride(URI.create(Stage.ENDPOINT))
            .region(Region.US_EAST_1).credentialsProvider(credentials)
            .serviceConfiguration(S3Configuration.builder().pathStyleAccessEnabled(true).build()).build();
        Stage.operation("presigned get", () -> Stage.fetch("GET", presigner.presignGetObject(
            p -> p.signatureDuration(Duration.ofHours(1)).getObjectRequest(
                g -> g.bucket(BUCKET).key("hello.txt"))).url().toString(), null, Map.of()));
        Stage.operation("presigned put", () -> {
            PresignedPutObjectRequest request = presigner.presignPutObject(
                p -> p.signatureDuration(Duration.ofHours(1)).putObjectRequest(
                    g -> g.bucket(BUCKET).key("presigned.txt").metadata(Map.of("color", "blue"))));
            Stage.fetch("PUT", request.url().toString(), "hello", request.signedHeaders());
        });
        Stage.operation("delete", () -> s3.deleteObject(b -> b.bucket(BUCKET).key("presigned.txt")));
        Stage.operation("delete many", () -> {
            List<ObjectIdentifier> keys = new ArrayList<>();
            for (String key : List.of("hello.txt", "hello.txt.gz", "stream.bin", "empty/", Stage.ODD_KEY,
                "checked.txt", "big.bin", "copy.txt")) {
                keys.add(ObjectIdentifier.builder().key(key).build());
            }
            s3.deleteObjects(b -> b.bucket(BUCKET).delete(d -> d.objects(keys)));
        });
        Stage.operation("list buckets", () -> s3.listBuckets());
        Stage.operation("delete bucket", () -> s3.deleteBucket(b -> b.bucket(BUCKET)));
        System.exit(0);
    }
}
