import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** What all drivers in Java share: the dialogue with the recorder, one JSON document a line. */
final class Stage {
    static final String ENDPOINT = System.getenv("ENDPOINT");
    static final String ACCESS_KEY = System.getenv("ACCESS_KEY");
    static final String SECRET_KEY = System.getenv("SECRET_KEY");
    static final String BUCKET = System.getenv("BUCKET");

    static final byte[] PART_ONE = "a".repeat(5 * 1024 * 1024).getBytes(StandardCharsets.US_ASCII);
    static final byte[] PART_TWO = "b".repeat(1000).getBytes(StandardCharsets.US_ASCII);
    static final byte[] STREAM = "s".repeat(200_000).getBytes(StandardCharsets.US_ASCII);
    static final byte[] HELLO = "hello, habits\n".getBytes(StandardCharsets.US_ASCII);
    static final byte[] ENCODED = new java.math.BigInteger(
        "1f8b0800000000000203cb48cdc9c9d751c8484cca2c290600c1345d8c0d000000", 16).toByteArray();
    static final String ODD_KEY = "odd/\u00e4 b+c~(1)'!=&.txt";

    private static final BufferedReader ACKNOWLEDGED = new BufferedReader(new InputStreamReader(System.in));
    private static final PrintStream TOLD = new PrintStream(System.out, true, StandardCharsets.UTF_8);

    interface Work {
        void run() throws Exception;
    }

    static void version(String text) {
        tell("version", text(text));
    }

    /** Announces what comes next, then does it. What fails is told, and the next goes on. */
    static void operation(String name, Work work) {
        tell("operation", text(name));
        try {
            work.run();
        } catch (Exception error) {
            tell("failed", text(error.toString()));
        }
    }

    /** Has a plain HTTP client send what was presigned. */
    static void fetch(String method, String url, String body, Map<String, List<String>> headers) {
        String fields = headers.entrySet().stream()
            .filter(entry -> !entry.getKey().equalsIgnoreCase("host"))
            .map(entry -> text(entry.getKey()) + ": " + text(String.join(",", entry.getValue())))
            .collect(Collectors.joining(", ", "{", "}"));
        tell("fetch", "{\"method\": " + text(method) + ", \"url\": " + text(url) + ", \"body\": "
            + (body == null ? "null" : text(body)) + ", \"headers\": " + fields + "}");
    }

    private static void tell(String name, String value) {
        TOLD.println("{" + text(name) + ": " + value + "}");
        try {
            ACKNOWLEDGED.readLine();
        } catch (IOException error) {
            throw new java.io.UncheckedIOException(error);
        }
    }

    private static String text(String text) {
        return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"").replaceAll("\\p{Cntrl}", " ") + '"';
    }

    private Stage() {}
}
