package io.hiberlet.devcluster;

import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import io.hiberlet.devcluster.json.Json;
import io.hiberlet.devcluster.pki.Pem;
import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Duration;
import java.util.Base64;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/** The plainest client of a Kubernetes API: JSON in, JSON out. Thread-safe. */
public final class ApiClient {
  private static final Duration TIMEOUT = Duration.ofSeconds(60);

  private final HttpClient http;
  private final String server;
  private final String authority;
  private final @Nullable String token;

  private ApiClient(HttpClient http, String server, String authority, @Nullable String token) {
    this.http = http;
    this.server = server;
    this.authority = authority;
    this.token = token;
  }

  /** What a request was answered with. */
  public record Reply(int code, JsonObject body) {
    /** The scalar at a path of the body. */
    public String at(String... path) {
      return Json.string(body, path);
    }
  }

  /** A client with the certificate of a kubeconfig. */
  public static ApiClient of(Path kubeconfig) throws IOException, GeneralSecurityException {
    String text = Files.readString(kubeconfig);
    String authority = decoded(text, "certificate-authority-data");
    return new ApiClient(
        http(authority, decoded(text, "client-certificate-data"), decoded(text, "client-key-data")),
        value(text, "server"),
        authority,
        null);
  }

  /** A client of the same server with a bearer token; null for none. */
  public ApiClient withToken(@Nullable String bearer) throws GeneralSecurityException, IOException {
    return new ApiClient(http(authority, null, null), server, authority, bearer);
  }

  /** A client of the same server with a certificate. */
  public ApiClient withCertificate(String certificatePem, PrivateKey key)
      throws GeneralSecurityException, IOException {
    String keyPem = Pem.encode("PRIVATE KEY", key.getEncoded());
    return new ApiClient(http(authority, certificatePem, keyPem), server, authority, null);
  }

  private static String value(String text, String name) {
    Matcher found = Pattern.compile(name + ": *\"?([^\"\\s]+)").matcher(text);
    if (!found.find()) {
      throw new IllegalArgumentException("the kubeconfig has no " + name);
    }
    return found.group(1);
  }

  private static String decoded(String text, String name) {
    return new String(Base64.getDecoder().decode(value(text, name)), StandardCharsets.US_ASCII);
  }

  private static HttpClient http(
      String authority, @Nullable String certificate, @Nullable String key)
      throws GeneralSecurityException, IOException {
    return HttpClient.newBuilder()
        .sslContext(tls(authority, certificate, key))
        .connectTimeout(TIMEOUT)
        .build();
  }

  /** What it takes to speak TLS to the server of a kubeconfig, as its user. */
  static SSLContext tls(Path kubeconfig) throws GeneralSecurityException, IOException {
    String text = Files.readString(kubeconfig);
    return tls(
        decoded(text, "certificate-authority-data"),
        decoded(text, "client-certificate-data"),
        decoded(text, "client-key-data"));
  }

  private static SSLContext tls(
      String authority, @Nullable String certificate, @Nullable String key)
      throws GeneralSecurityException, IOException {
    KeyStore trusted = emptyStore();
    trusted.setCertificateEntry("ca", certificate(authority));
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(trusted);
    KeyStore own = emptyStore();
    if (certificate != null && key != null) {
      PrivateKey privateKey =
          KeyFactory.getInstance("EC")
              .generatePrivate(new PKCS8EncodedKeySpec(Pem.decode("PRIVATE KEY", key)));
      Certificate[] chain = {certificate(certificate)};
      own.setKeyEntry("client", privateKey, new char[0], chain);
    }
    KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    keys.init(own, new char[0]);
    SSLContext tls = SSLContext.getInstance("TLS");
    tls.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
    return tls;
  }

  private static KeyStore emptyStore() throws GeneralSecurityException, IOException {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    return store;
  }

  private static Certificate certificate(String pem) throws GeneralSecurityException {
    return CertificateFactory.getInstance("X.509")
        .generateCertificate(new ByteArrayInputStream(pem.getBytes(StandardCharsets.US_ASCII)));
  }

  public Reply get(String path) throws IOException, InterruptedException {
    return send("GET", path, "application/json", "");
  }

  public Reply post(String path, String body) throws IOException, InterruptedException {
    return send("POST", path, "application/json", body);
  }

  /** An object in Kubernetes' protobuf encoding. */
  public Reply postProtobuf(String path, byte[] body) throws IOException, InterruptedException {
    return send(
        "POST",
        path,
        "application/vnd.kubernetes.protobuf",
        HttpRequest.BodyPublishers.ofByteArray(body));
  }

  public Reply put(String path, JsonObject body) throws IOException, InterruptedException {
    return send("PUT", path, "application/json", body.toString());
  }

  /** A patch of the kind {@code json}, {@code merge} or {@code strategic-merge}. */
  public Reply patch(String path, String kind, String body)
      throws IOException, InterruptedException {
    return send("PATCH", path, "application/" + kind + "-patch+json", body);
  }

  public Reply delete(String path) throws IOException, InterruptedException {
    return send("DELETE", path, "application/json", "");
  }

  public Reply delete(String path, String options) throws IOException, InterruptedException {
    return send("DELETE", path, "application/json", options);
  }

  private HttpRequest.Builder request(String path) {
    HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(server + path));
    if (token != null) {
      request.header("Authorization", "Bearer " + token);
    }
    return request.header("Accept", "application/json");
  }

  private Reply send(String method, String path, String type, String body)
      throws IOException, InterruptedException {
    return send(method, path, type, HttpRequest.BodyPublishers.ofString(body));
  }

  private Reply send(String method, String path, String type, HttpRequest.BodyPublisher body)
      throws IOException, InterruptedException {
    HttpRequest request =
        request(path).timeout(TIMEOUT).header("Content-Type", type).method(method, body).build();
    HttpResponse<byte[]> response = http.send(request, HttpResponse.BodyHandlers.ofByteArray());
    boolean json =
        response.headers().firstValue("Content-Type").orElse("").startsWith("application/json");
    JsonObject document =
        json
            ? Json.parse(response.body()).getAsJsonObject()
            : Json.of("text", new String(response.body(), StandardCharsets.UTF_8));
    return new Reply(response.statusCode(), document);
  }

  /** Opens a watch, whose events are read with {@link Events#next}. */
  public Events watch(String path) throws IOException, InterruptedException {
    HttpResponse<InputStream> response =
        http.send(request(path).build(), HttpResponse.BodyHandlers.ofInputStream());
    return new Events(
        new BufferedReader(new InputStreamReader(response.body(), StandardCharsets.UTF_8)));
  }

  /** The events of one watch; reading ends with the watch's own timeoutSeconds at the latest. */
  public record Events(BufferedReader lines) implements AutoCloseable {
    /** The next event, null at the end. */
    public @Nullable JsonObject next() throws IOException {
      String line = lines.readLine();
      return line == null
          ? null
          : Json.parse(line.getBytes(StandardCharsets.UTF_8)).getAsJsonObject();
    }

    /** The next event as type and name, such as {@code ADDED a}; "end" at the end. */
    public String nextBrief() throws IOException {
      JsonObject event = next();
      return event == null
          ? "end"
          : Json.string(event, "type") + " " + Json.string(event, "object", "metadata", "name");
    }

    @Override
    public void close() throws IOException {
      lines.close();
    }
  }

  /**
   * Gets an object again and again until it is as wanted.
   *
   * @throws AssertionError when that takes more than a minute
   */
  public Reply await(String path, Predicate<Reply> wanted)
      throws IOException, InterruptedException {
    long deadline = System.nanoTime() + TIMEOUT.toNanos();
    Reply reply = get(path);
    while (!wanted.test(reply)) {
      if (System.nanoTime() > deadline) {
        throw new AssertionError(
            "waited in vain; last seen: " + new JsonPrimitive(reply.toString()));
      }
      LockSupport.parkNanos(Duration.ofMillis(50).toNanos());
      reply = get(path);
    }
    return reply;
  }
}
