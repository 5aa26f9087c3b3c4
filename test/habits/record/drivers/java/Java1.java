import com.amazonaws.ClientConfiguration;
import com.amazonaws.auth.AWSStaticCredentialsProvider;
import com.amazonaws.auth.BasicAWSCredentials;
import com.amazonaws.client.builder.AwsClientBuilder.EndpointConfiguration;
import com.amazonaws.services.s3.AmazonS3;
import com.amazonaws.services.s3.AmazonS3ClientBuilder;
import com.amazonaws.services.s3.model.*;
import com.amazonaws.services.s3.transfer.TransferManagerBuilder;
import com.amazonaws.util.VersionInfoUtils;
import java.io.ByteArrayInputStream;
import java.io.File;
import java.io.FileOutputStream;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Map;

/** The AWS SDK for Java 1. */
class Java1 {
    public static void main(String[] args) throws Exception {
        Stage.version(VersionInfoUtils.getVersion());
        AmazonS3ClientBuilder builder = AmazonS3ClientBuilder.standard()
            .withEndpointConfiguration(new EndpointConfiguration(Stage.ENDPOINT, "us-east-1"))
            .withPathStyleAccessEnabled(true)
            .withClientConfiguration(new ClientConfiguration().withMaxErrorRetry(0))
            .withCredentials(new AWSStaticCredentialsProvider(
                new BasicAWSCredentials(Stage.ACCESS_KEY, Stage.SECRET_KEY)));
        AmazonS3 s3 = builder.build();
        String bucket = Stage.BUCKET;

        Stage.operation("create bucket", () -> s3.createBucket(bucket));
        Stage.operation("head bucket", () -> s3.doesBucketExistV2(bucket));
        Stage.operation("get location", () -> s3.getBucketLocation(bucket));
        Stage.operation("put", () -> {
            ObjectMetadata metadata = of(Stage.HELLO);
            metadata.setContentType("text/plain");
            metadata.addUserMetadata("color", "blue");
            put(s3, "hello.txt", Stage.HELLO, metadata);
        });
        Stage.operation("put encoded", () -> {
            ObjectMetadata metadata = of(Stage.ENCODED);
            metadata.setContentEncoding("gzip");
            put(s3, "hello.txt.gz", Stage.ENCODED, metadata);
        });
        Stage.operation("put stream", () -> put(s3, "stream.bin", Stage.STREAM, of(Stage.STREAM)));
        Stage.operation("put unchunked", () -> builder.withChunkedEncodingDisabled(true).build()
            .putObject(bucket, "stream.bin", new ByteArrayInputStream(Stage.HELLO), of(Stage.HELLO)));
        Stage.operation("put signed payload", () -> builder.withChunkedEncodingDisabled(false)
            .withPayloadSigningEnabled(true).build()
            .putObject(bucket, "stream.bin", new ByteArrayInputStream(Stage.STREAM), of(Stage.STREAM)));
        Stage.operation("put empty", () -> put(s3, "empty/", new byte[0], of(new byte[0])));
        Stage.operation("put odd key", () -> s3.putObject(bucket, Stage.ODD_KEY, "hello, habits\n"));
        Stage.operation("multipart", () -> {
            InitiateMultipartUploadRequest create = new InitiateMultipartUploadRequest(bucket, "big.bin");
            String upload = s3.initiateMultipartUpload(create).getUploadId();
            List<PartETag> parts = new ArrayList<>();
            for (byte[] data : List.of(Stage.PART_ONE, Stage.PART_TWO)) {
                parts.add(s3.uploadPart(new UploadPartRequest().withBucketName(bucket).withKey("big.bin")
                    .withUploadId(upload).withPartNumber(parts.size() + 1).withPartSize(data.length)
                    .withInputStream(new ByteArrayInputStream(data))).getPartETag());
            }
            s3.completeMultipartUpload(new CompleteMultipartUploadRequest(bucket, "big.bin", upload, parts));
        });
        Stage.operation("transfer", () -> {
            File file = new File("big.bin");
            try (FileOutputStream stream = new FileOutputStream(file)) {
                stream.write(Stage.PART_ONE);
                stream.write(Stage.PART_TWO);
            }
            TransferManagerBuilder.standard().withS3Client(s3).withShutDownThreadPools(false).withMultipartUploadThreshold(5L << 20)
                .withMinimumUploadPartSize(5L << 20)
                .withExecutorFactory(java.util.concurrent.Executors::newSingleThreadExecutor).build()
                .upload(bucket, "transferred.bin", file).waitForCompletion();
        });
        Stage.operation("get", () -> s3.getObjectAsString(bucket, "hello.txt"));
        Stage.operation("get odd key", () -> s3.getObjectAsString(bucket, Stage.ODD_KEY));
        Stage.operation("get range", () -> {
            try (S3Object object = s3.getObject(new GetObjectRequest(bucket, "hello.txt").withRange(1, 5))) {
                object.getObjectContent().readAllBytes();
            }
        });
        Stage.operation("head", () -> s3.getObjectMetadata(bucket, "hello.txt"));
        Stage.operation("list v1", () -> s3.listObjects(bucket));
        Stage.operation("list v2", () -> s3.listObjectsV2(
            new ListObjectsV2Request().withBucketName(bucket).withPrefix("odd/").withDelimiter("/")));
        Stage.operation("copy", () -> s3.copyObject(bucket, Stage.ODD_KEY, bucket, "copy.txt"));
        Stage.operation("get acl", () -> s3.getObjectAcl(bucket, "hello.txt"));
        Stage.operation("put tagging", () -> s3.setObjectTagging(new SetObjectTaggingRequest(
            bucket, "hello.txt", new ObjectTagging(List.of(new Tag("a", "b c"))))));
        Stage.operation("get tagging", () -> s3.getObjectTagging(new GetObjectTaggingRequest(bucket, "hello.txt")));
        Date later = new Date(System.currentTimeMillis() + 3_600_000);
        Stage.operation("presigned get", () -> Stage.fetch("GET",
            s3.generatePresignedUrl(bucket, "hello.txt", later).toString(), null, Map.of()));
        Stage.operation("presigned put", () -> {
            GeneratePresignedUrlRequest request = new GeneratePresignedUrlRequest(
                bucket, "presigned.txt", com.amazonaws.HttpMethod.PUT).withExpiration(later);
            request.putCustomRequestHeader("x-amz-meta-color", "blue");
            Stage.fetch("PUT", s3.generatePresignedUrl(request).toString(), "hello",
                Map.of("x-amz-meta-color", List.of("blue")));
        });
        Stage.operation("delete", () -> s3.deleteObject(bucket, "presigned.txt"));
        Stage.operation("delete many", () -> s3.deleteObjects(new DeleteObjectsRequest(bucket).withKeys("hello.txt",
            "hello.txt.gz", "stream.bin", "empty/", Stage.ODD_KEY, "big.bin", "transferred.bin", "copy.txt")));
        Stage.operation("list buckets", () -> s3.listBuckets());
        Stage.operation("delete bucket", () -> s3.deleteBucket(bucket));
        System.exit(0);
    }

    private static ObjectMetadata of(byte[] data) {
        ObjectMetadata metadata = new ObjectMetadata();
        metadata.setContentLength(data.length);
        return metadata;
    }

    private static void put(AmazonS3 s3, String key, byte[] data, ObjectMetadata metadata) {
        s3.putObject(Stage.BUCKET, key, new ByteArrayInputStream(data), metadata);
    }
}
