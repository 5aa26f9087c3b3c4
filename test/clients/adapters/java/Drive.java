import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.stream.Collectors;
import javax.net.ssl.TrustManagerFactory;
import software.amazon.awssdk.core.ResponseInputStream;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.http.TlsTrustManagersProvider;
import software.amazon.awssdk.http.apache5.Apache5HttpClient;
import software.amazon.awssdk.http.nio.netty.NettyNioAsyncHttpClient;
import software.amazon.awssdk.protocols.jsoncore.JsonNode;
import software.amazon.awssdk.protocols.jsoncore.JsonWriter;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3AsyncClient;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.S3Configuration;
import software.amazon.awssdk.services.s3.model.Bucket;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.ObjectAttributes;
import software.amazon.awssdk.services.s3.model.ObjectIdentifier;
import software.amazon.awssdk.services.s3.model.S3Object;
import software.amazon.awssdk.services.s3.model.Tag;
import software.amazon.awssdk.services.s3.presigner.S3Presigner;
import software.amazon.awssdk.transfer.s3.S3TransferManager;

/** Does with the AWS SDK for Java what it is told on standard input: see driven.ts. */
public final class Drive {
  private static final long MIB = 1024 * 1024;
  private static final Duration LIFE = Duration.ofMinutes(10);

  private final S3Client s3;
  private final S3TransferManager transfer;
  private final S3Presigner presigner;

  private Drive(URI endpoint, TlsTrustManagersProvider authority) {
    s3 = S3Client.builder()
        .endpointOverride(endpoint)
        .region(Region.US_EAST_1)
        .forcePathStyle(true)
        .httpClientBuilder(Apache5HttpClient.builder().tlsTrustManagersProvider(authority))
        .build();
    var async = S3AsyncClient.builder()
        .endpointOverride(endpoint)
        .region(Region.US_EAST_1)
        .forcePathStyle(true)
        .httpClientBuilder(NettyNioAsyncHttpClient.builder().tlsTrustManagersProvider(authority))
        .multipartEnabled(true)
        .multipartConfiguration(parts -> parts.thresholdInBytes(8 * MIB).minimumPartSizeInBytes(5 * MIB))
        .build();
    transfer = S3TransferManager.builder().s3Client(async).build();
    presigner = S3Presigner.builder()
        .endpointOverride(endpoint)
        .region(Region.US_EAST_1)
        .serviceConfiguration(S3Configuration.builder().pathStyleAccessEnabled(true).build())
        .build();
  }

  public static void main(String[] args) throws Exception {
    var drive = new Drive(URI.create(System.getenv("ENDPOINT")), trusting(Path.of(System.getenv("AUTHORITY"))));
    var lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line; (line = lines.readLine()) != null; ) {
      List<JsonNode> told = JsonNode.parser().parse(line).asArray();
      var answer = JsonWriter.create().writeStartObject();
      try {
        Object result = drive.answer(told.get(0).asString(), told.subList(1, told.size()));
        write(answer.writeFieldName("result"), result);
      } catch (SdkException failure) {
        answer.writeFieldName("error").writeValue(failure.getMessage());
      } catch (CompletionException failure) {
        if (!(failure.getCause() instanceof SdkException cause)) throw failure;
        answer.writeFieldName("error").writeValue(cause.getMessage());
      }
      System.out.write(answer.writeEndObject().getBytes());
      System.out.println();
    }
    System.exit(0);
  }

  private static TlsTrustManagersProvider trusting(Path authority) throws IOException, GeneralSecurityException {
    var store = KeyStore.getInstance(KeyStore.getDefaultType());
    store.load(null, null);
    try (var file = Files.newInputStream(authority)) {
      store.setCertificateEntry("authority", CertificateFactory.getInstance("X.509").generateCertificate(file));
    }
    var factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    factory.init(store);
    return factory::getTrustManagers;
  }

  private static void write(JsonWriter writer, Object value) {
    if (value == null) {
      writer.writeNull();
    } else if (value instanceof Long number) {
      writer.writeValue(number);
    } else if (value instanceof List<?> list) {
      writer.writeStartArray();
      list.forEach(item -> write(writer, item));
      writer.writeEndArray();
    } else if (value instanceof Map<?, ?> map) {
      writer.writeStartObject();
      map.forEach((name, item) -> write(writer.writeFieldName(name.toString()), item));
      writer.writeEndObject();
    } else {
      writer.writeValue(value.toString());
    }
  }

  private Object answer(String name, List<JsonNode> given) {
    return switch (name) {
      case "make_bucket" -> nothing(() -> s3.createBucket(to -> to.bucket(text(given, 0))));
      case "list_buckets" -> s3.listBuckets().buckets().stream().map(Bucket::name).toList();
      case "remove_bucket" -> nothing(() -> s3.deleteBucket(to -> to.bucket(text(given, 0))));
      case "upload" -> upload(text(given, 0), text(given, 1), text(given, 2), Map.of());
      case "upload_with_metadata" -> upload(text(given, 0), text(given, 1), text(given, 2), names(given, 3));
      case "download" -> nothing(() -> transfer.downloadFile(file -> file
          .getObjectRequest(get -> get.bucket(text(given, 0)).key(text(given, 1)))
          .destination(Path.of(text(given, 2)))).completionFuture().join());
      case "get_range" -> range(text(given, 0), text(given, 1), given.get(2).asNumber(), given.get(3).asNumber());
      case "sync_up" -> nothing(() -> {
        var done = transfer.uploadDirectory(tree -> tree
            .source(Path.of(text(given, 0))).bucket(text(given, 1)).s3Prefix(text(given, 2))).completionFuture().join();
        done.failedTransfers().forEach(failed -> { throw new CompletionException(failed.exception()); });
      });
      case "sync_down" -> nothing(() -> {
        var done = transfer.downloadDirectory(tree -> tree
            .bucket(text(given, 0)).listObjectsV2RequestTransformer(list -> list.prefix(text(given, 1)))
            .destination(Path.of(text(given, 2)))).completionFuture().join();
        done.failedTransfers().forEach(failed -> { throw new CompletionException(failed.exception()); });
      });
      case "list_keys" -> s3.listObjectsV2Paginator(list -> list.bucket(text(given, 0)))
          .contents().stream().map(S3Object::key).toList();
      case "copy" -> nothing(() -> s3.copyObject(copy -> copy
          .sourceBucket(place(given, 0, "bucket")).sourceKey(place(given, 0, "key"))
          .destinationBucket(place(given, 1, "bucket")).destinationKey(place(given, 1, "key"))));
      case "set_tags" -> nothing(() -> s3.putObjectTagging(put -> put
          .bucket(text(given, 0)).key(text(given, 1)).tagging(tagging -> tagging.tagSet(names(given, 2).entrySet()
              .stream().map(tag -> Tag.builder().key(tag.getKey()).value(tag.getValue()).build()).toList()))));
      case "get_tags" -> s3.getObjectTagging(get -> get.bucket(text(given, 0)).key(text(given, 1)))
          .tagSet().stream().collect(Collectors.toMap(Tag::key, Tag::value));
      case "metadata" -> s3.headObject(head -> head.bucket(text(given, 0)).key(text(given, 1))).metadata();
      case "attributes" -> s3.getObjectAttributes(get -> get.bucket(text(given, 0)).key(text(given, 1))
          .objectAttributes(ObjectAttributes.E_TAG, ObjectAttributes.OBJECT_SIZE)).objectSize();
      case "presign_get" -> presigner.presignGetObject(url -> url.signatureDuration(LIFE)
          .getObjectRequest(get -> get.bucket(text(given, 0)).key(text(given, 1)))).url();
      case "presign_put" -> presigner.presignPutObject(url -> url.signatureDuration(LIFE)
          .putObjectRequest(put -> put.bucket(text(given, 0)).key(text(given, 1)))).url();
      case "remove" -> nothing(() -> s3.deleteObject(to -> to.bucket(text(given, 0)).key(text(given, 1))));
      case "remove_many" -> nothing(() -> {
        var objects = given.get(1).asArray().stream()
            .map(key -> ObjectIdentifier.builder().key(key.asString()).build()).toList();
        var done = s3.deleteObjects(many -> many.bucket(text(given, 0)).delete(list -> list.objects(objects)));
        done.errors().forEach(error -> { throw SdkException.builder().message(error.message()).build(); });
      });
      default -> throw new IllegalArgumentException("no such function: " + name);
    };
  }

  private Object upload(String file, String bucket, String key, Map<String, String> metadata) {
    return nothing(() -> transfer.uploadFile(upload -> upload
        .putObjectRequest(put -> put.bucket(bucket).key(key).metadata(metadata))
        .source(Path.of(file))).completionFuture().join());
  }

  private String range(String bucket, String key, String first, String last) {
    try (ResponseInputStream<GetObjectResponse> body = s3.getObject(get -> get
        .bucket(bucket).key(key).range("bytes=" + first + "-" + last))) {
      return HexFormat.of().formatHex(body.readAllBytes());
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  private static Object nothing(Runnable work) {
    work.run();
    return null;
  }

  private static String text(List<JsonNode> given, int index) {
    return given.get(index).asString();
  }

  private static String place(List<JsonNode> given, int index, String part) {
    return given.get(index).asObject().get(part).asString();
  }

  private static Map<String, String> names(List<JsonNode> given, int index) {
    return given.get(index).asObject().entrySet().stream()
        .collect(Collectors.toMap(Map.Entry::getKey, entry -> entry.getValue().asString()));
  }
}
