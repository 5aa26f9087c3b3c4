import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.util.VersionInfo;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3AsyncClient;
import software.amazon.awssdk.transfer.s3.S3TransferManager;

/** The transfer manager of the AWS SDK for Java 2, in parts one after the other. */
class Java2Transfer {
    private static final String BUCKET = Stage.BUCKET;

    public static void main(String[] args) throws Exception {
        Stage.version(VersionInfo.SDK_VERSION);
        S3AsyncClient client = S3AsyncClient.builder().endpointOverride(URI.create(Stage.ENDPOINT))
            .region(Region.US_EAST_1).forcePathStyle(true).multipartEnabled(true)
            .multipartConfiguration(c -> c.minimumPartSizeInBytes(5L << 20).thresholdInBytes(5L << 20)
                .apiCallBufferSizeInBytes(5L << 20))
            .httpClientBuilder(software.amazon.awssdk.http.nio.netty.NettyNioAsyncHttpClient.builder()
                .maxConcurrency(1))
            .credentialsProvider(StaticCredentialsProvider.create(
                AwsBasicCredentials.create(Stage.ACCESS_KEY, Stage.SECRET_KEY))).build();
        S3TransferManager manager = S3TransferManager.builder().s3Client(client).build();
        Path big = Path.of("big.bin");
        Files.write(big, Stage.PART_ONE);
        Files.write(big, Stage.PART_TWO, java.nio.file.StandardOpenOption.APPEND);
        Path small = Files.write(Path.of("hello.txt"), Stage.HELLO);

        Stage.operation("create bucket", () -> client.createBucket(b -> b.bucket(BUCKET)).join());
        Stage.operation("put", () -> manager.uploadFile(
            u -> u.source(small).putObjectRequest(p -> p.bucket(BUCKET).key("hello.txt"))).completionFuture().join());
        Stage.operation("multipart", () -> manager.uploadFile(
            u -> u.source(big).putObjectRequest(p -> p.bucket(BUCKET).key("big.bin"))).completionFuture().join());
        Stage.operation("get", () -> manager.downloadFile(
            d -> d.destination(Path.of("got.bin")).getObjectRequest(g -> g.bucket(BUCKET).key("big.bin")))
            .completionFuture().join());
        Stage.operation("copy", () -> manager.copy(
            c -> c.copyObjectRequest(o -> o.sourceBucket(BUCKET).sourceKey("big.bin").destinationBucket(BUCKET)
                .destinationKey("copy.bin"))).completionFuture().join());
        System.exit(0);
    }
}
