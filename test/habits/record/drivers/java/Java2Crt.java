import java.net.URI;
import java.util.List;
import java.util.ArrayList;
import java.util.Map;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.async.AsyncRequestBody;
import software.amazon.awssdk.core.async.AsyncResponseTransformer;
import software.amazon.awssdk.core.util.VersionInfo;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3AsyncClient;
import software.amazon.awssdk.services.s3.model.*;

/** The client of the AWS SDK for Java 2 that stands on the AWS common runtime, as Mountpoint and others do. */
class Java2Crt {
    private static final String BUCKET = Stage.BUCKET;

    public static void main(String[] args) throws Exception {
        Stage.version(VersionInfo.SDK_VERSION);
        S3AsyncClient s3 = S3AsyncClient.crtBuilder().endpointOverride(URI.create(Stage.ENDPOINT))
            .region(Region.US_EAST_1).forcePathStyle(true).maxConcurrency(1).minimumPartSizeInBytes(5L << 20)
            .thresholdInBytes(5L << 20).retryConfiguration(r -> r.numRetries(0))
            .credentialsProvider(StaticCredentialsProvider.create(
                AwsBasicCredentials.create(Stage.ACCESS_KEY, Stage.SECRET_KEY))).build();

        Stage.operation("create bucket", () -> s3.createBucket(b -> b.bucket(BUCKET)).join());
        Stage.operation("head bucket", () -> s3.headBucket(b -> b.bucket(BUCKET)).join());
        Stage.operation("put", () -> s3.putObject(
            b -> b.bucket(BUCKET).key("hello.txt").contentType("text/plain").metadata(Map.of("color", "blue")),
            AsyncRequestBody.fromBytes(Stage.HELLO)).join());
        Stage.operation("put encoded", () -> s3.putObject(
            b -> b.bucket(BUCKET).key("hello.txt.gz").contentEncoding("gzip"),
            AsyncRequestBody.fromBytes(Stage.ENCODED)).join());
        Stage.operation("put stream", () -> s3.putObject(
            b -> b.bucket(BUCKET).key("stream.bin"), AsyncRequestBody.fromBytes(Stage.STREAM)).join());
        Stage.operation("put empty", () -> s3.putObject(
            b -> b.bucket(BUCKET).key("empty/"), AsyncRequestBody.empty()).join());
        Stage.operation("put odd key", () -> s3.putObject(
            b -> b.bucket(BUCKET).key(Stage.ODD_KEY), AsyncRequestBody.fromBytes(Stage.HELLO)).join());
        Stage.operation("multipart", () -> {
            byte[] data = java.util.Arrays.copyOf(Stage.PART_ONE, Stage.PART_ONE.length + Stage.PART_TWO.length);
            System.arraycopy(Stage.PART_TWO, 0, data, Stage.PART_ONE.length, Stage.PART_TWO.length);
            s3.putObject(b -> b.bucket(BUCKET).key("big.bin"), AsyncRequestBody.fromBytes(data)).join();
        });
        Stage.operation("get", () -> get(s3, "hello.txt", null));
        Stage.operation("get odd key", () -> get(s3, Stage.ODD_KEY, null));
        Stage.operation("get range", () -> get(s3, "hello.txt", "bytes=1-5"));
        Stage.operation("get in parts", () -> get(s3, "big.bin", null));
        Stage.operation("head", () -> s3.headObject(b -> b.bucket(BUCKET).key("hello.txt")).join());
        Stage.operation("list v1", () -> s3.listObjects(b -> b.bucket(BUCKET)).join());
        Stage.operation("list v2",
            () -> s3.listObjectsV2(b -> b.bucket(BUCKET).prefix("odd/").delimiter("/")).join());
        Stage.operation("copy", () -> s3.copyObject(b -> b.sourceBucket(BUCKET).sourceKey(Stage.ODD_KEY)
            .destinationBucket(BUCKET).destinationKey("copy.txt")).join());
        Stage.operation("attributes", () -> s3.getObjectAttributes(b -> b.bucket(BUCKET).key("hello.txt")
            .objectAttributes(ObjectAttributes.E_TAG, ObjectAttributes.OBJECT_SIZE, ObjectAttributes.STORAGE_CLASS))
            .join());
        Stage.operation("put tagging", () -> s3.putObjectTagging(b -> b.bucket(BUCKET).key("hello.txt")
            .tagging(t -> t.tagSet(Tag.builder().key("a").value("b c").build()))).join());
        Stage.operation("get tagging", () -> s3.getObjectTagging(b -> b.bucket(BUCKET).key("hello.txt")).join());
        Stage.operation("delete", () -> s3.deleteObject(b -> b.bucket(BUCKET).key("copy.txt")).join());
        Stage.operation("delete many", () -> {
            List<ObjectIdentifier> keys = new ArrayList<>();
            for (String key : List.of("hello.txt", "hello.txt.gz", "stream.bin", "empty/", Stage.ODD_KEY, "big.bin")) {
                keys.add(ObjectIdentifier.builder().key(key).build());
            }
            s3.deleteObjects(b -> b.bucket(BUCKET).delete(d -> d.objects(keys))).join();
        });
        Stage.operation("list buckets", () -> s3.listBuckets().join());
        Stage.operation("delete bucket", () -> s3.deleteBucket(b -> b.bucket(BUCKET)).join());
        System.exit(0);
    }

    private static void get(S3AsyncClient s3, String key, String range) {
        s3.getObject(b -> b.bucket(BUCKET).key(key).range(range), AsyncResponseTransformer.toBytes()).join();
    }
}
