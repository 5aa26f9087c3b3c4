import io.minio.*;
import io.minio.http.Method;
import io.minio.messages.DeleteObject;
import java.io.ByteArrayInputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** MinIO's own client for Java. */
class Minio {
    private static final String BUCKET = Stage.BUCKET;

    public static void main(String[] args) throws Exception {
        Stage.version(MinioClient.class.getPackage().getImplementationVersion());
        MinioClient s3 = MinioClient.builder().endpoint(Stage.ENDPOINT).credentials(Stage.ACCESS_KEY, Stage.SECRET_KEY)
            .build();

        Stage.operation("create bucket", () -> s3.makeBucket(MakeBucketArgs.builder().bucket(BUCKET).build()));
        Stage.operation("head bucket", () -> s3.bucketExists(BucketExistsArgs.builder().bucket(BUCKET).build()));
        Stage.operation("put", () -> s3.putObject(of("hello.txt", Stage.HELLO).contentType("text/plain")
            .userMetadata(Map.of("color", "blue")).build()));
        Stage.operation("put encoded", () -> s3.putObject(of("hello.txt.gz", Stage.ENCODED)
            .headers(Map.of("Content-Encoding", "gzip")).build()));
        Stage.operation("put stream", () -> s3.putObject(PutObjectArgs.builder().bucket(BUCKET).object("stream.bin")
            .stream(new ByteArrayInputStream(Stage.STREAM), -1L, 5L << 20).build()));
        Stage.operation("put empty", () -> s3.putObject(of("empty/", new byte[0]).build()));
        Stage.operation("put odd key", () -> s3.putObject(of(Stage.ODD_KEY, Stage.HELLO).build()));
        Stage.operation("multipart", () -> {
            byte[] data = java.util.Arrays.copyOf(Stage.PART_ONE, Stage.PART_ONE.length + Stage.PART_TWO.length);
            System.arraycopy(Stage.PART_TWO, 0, data, Stage.PART_ONE.length, Stage.PART_TWO.length);
            s3.putObject(PutObjectArgs.builder().bucket(BUCKET).object("big.bin")
                .stream(new ByteArrayInputStream(data), (long) data.length, 5L << 20).build());
        });
        Stage.operation("get", () -> read(s3, GetObjectArgs.builder().bucket(BUCKET).object("hello.txt").build()));
        Stage.operation("get odd key",
            () -> read(s3, GetObjectArgs.builder().bucket(BUCKET).object(Stage.ODD_KEY).build()));
        Stage.operation("get range", () -> read(s3,
            GetObjectArgs.builder().bucket(BUCKET).object("hello.txt").offset(1L).length(5L).build()));
        Stage.operation("head", () -> s3.statObject(StatObjectArgs.builder().bucket(BUCKET).object("hello.txt").build()));
        Stage.operation("list v1", () -> list(s3.listObjects(
            ListObjectsArgs.builder().bucket(BUCKET).useApiVersion1(true).recursive(true).build())));
        Stage.operation("list v2",
            () -> list(s3.listObjects(ListObjectsArgs.builder().bucket(BUCKET).prefix("odd/").build())));
        Stage.operation("copy", () -> s3.copyObject(CopyObjectArgs.builder().bucket(BUCKET).object("copy.txt")
            .source(CopySource.builder().bucket(BUCKET).object(Stage.ODD_KEY).build()).build()));
        Stage.operation("compose", () -> s3.composeObject(ComposeObjectArgs.builder().bucket(BUCKET)
            .object("composed.bin").sources(List.of(
                ComposeSource.builder().bucket(BUCKET).object("big.bin").build(),
                ComposeSource.builder().bucket(BUCKET).object("hello.txt").build())).build()));
        Stage.operation("put tagging", () -> s3.setObjectTags(
            SetObjectTagsArgs.builder().bucket(BUCKET).object("hello.txt").tags(Map.of("a", "b c")).build()));
        Stage.operation("get tagging",
            () -> s3.getObjectTags(GetObjectTagsArgs.builder().bucket(BUCKET).object("hello.txt").build()));
        Stage.operation("presigned get", () -> Stage.fetch("GET", url(s3, "hello.txt", Method.GET), null, Map.of()));
        Stage.operation("presigned put",
            () -> Stage.fetch("PUT", url(s3, "presigned.txt", Method.PUT), "hello", Map.of()));
        Stage.operation("delete",
            () -> s3.removeObject(RemoveObjectArgs.builder().bucket(BUCKET).object("presigned.txt").build()));
        Stage.operation("delete many", () -> {
            List<DeleteObject> keys = new ArrayList<>();
            for (String key : List.of("hello.txt", "hello.txt.gz", "stream.bin", "empty/", Stage.ODD_KEY, "big.bin",
                "copy.txt", "composed.bin")) {
                keys.add(new DeleteObject(key));
            }
            for (var result : s3.removeObjects(RemoveObjectsArgs.builder().bucket(BUCKET).objects(keys).build())) {
                result.get();
            }
        });
        Stage.operation("list buckets", () -> list(s3.listBuckets()));
        Stage.operation("delete bucket", () -> s3.removeBucket(RemoveBucketArgs.builder().bucket(BUCKET).build()));
        System.exit(0);
    }

    private static PutObjectArgs.Builder of(String key, byte[] data) {
        return PutObjectArgs.builder().bucket(BUCKET).object(key)
            .stream(new ByteArrayInputStream(data), (long) data.length, -1L);
    }

    private static void read(MinioClient s3, GetObjectArgs args) throws Exception {
        try (var stream = s3.getObject(args)) {
            stream.readAllBytes();
        }
    }

    private static void list(Iterable<?> results) {
        for (Object result : results) {
            java.util.Objects.requireNonNull(result);
        }
    }

    private static String url(MinioClient s3, String key, Method method) throws Exception {
        return s3.getPresignedObjectUrl(GetPresignedObjectUrlArgs.builder().bucket(BUCKET).object(key)
            .method(method).expiry(3600).build());
    }
}
