package io.hiberlet.agent.module;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.hiberlet.agent.module.registry.Credentials;
import io.hiberlet.agent.module.registry.Digest;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.bouncycastle.crypto.generators.OpenBSDBCrypt;
import org.jspecify.annotations.Nullable;

/** The reference implementation, in a process of its own: Debian's package docker-registry. */
public final class DockerRegistry implements TestRegistry {
  private static final Path PROGRAM = Path.of("/usr/bin/docker-registry");
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final int BCRYPT_COST = 4;

  private final Path folder;
  private final int port;
  private final HttpClient client = HttpClient.newHttpClient();
  private Process process;

  public DockerRegistry(Path folder) throws IOException, InterruptedException {
    this.folder = folder;
    this.port = freePort();
    this.process = start(null);
  }

  public static boolean isInstalled() {
    return Files.isExecutable(PROGRAM);
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private Process start(@Nullable Path passwords) throws IOException, InterruptedException {
    String config =
        """
        version: 0.1
        log: {accesslog: {disabled: true}, level: error}
        storage: {filesystem: {rootdirectory: %s}}
        http: {addr: "%s"}
        """
            .formatted(folder.resolve("content"), name());
    String auth =
        passwords == null
            ? ""
            : "auth: {htpasswd: {realm: tests, path: %s}}\n".formatted(passwords);
    Path file = Files.writeString(folder.resolve("config.yml"), config + auth);
    Process started =
        new ProcessBuilder(PROGRAM.toString(), "serve", file.toString())
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("log").toFile())
            .start();
    awaitAnswer(started);
    return started;
  }

  private void awaitAnswer(Process started) throws IOException, InterruptedException {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (System.nanoTime() < deadline) {
      try {
        client.send(request("/v2/").build(), BodyHandlers.discarding());
        return;
      } catch (ConnectException e) {
        if (started.waitFor(20, TimeUnit.MILLISECONDS)) {
          break;
        }
      }
    }
    throw new IOException("no registry: " + Files.readString(folder.resolve("log")));
  }

  @Override
  public String name() {
    return "127.0.0.1:" + port;
  }

  @Override
  public Digest blob(byte[] content) throws IOException, InterruptedException {
    HttpResponse<Void> begun =
        sent(request("/v2/" + REPOSITORY + "/blobs/uploads/").POST(BodyPublishers.noBody()), 202);
    String location = begun.headers().firstValue("Location").orElseThrow();
    Digest digest = Digest.of(content);
    sent(
        HttpRequest.newBuilder(URI.create(location + "&digest=" + digest))
            .PUT(BodyPublishers.ofByteArray(content)),
        201);
    return digest;
  }

  @Override
  public Digest manifest(String tag, String type, String json)
      throws IOException, InterruptedException {
    sent(
        request("/v2/" + REPOSITORY + "/manifests/" + tag)
            .header("Content-Type", type)
            .PUT(BodyPublishers.ofString(json)),
        201);
    return Digest.of(json.getBytes(UTF_8));
  }

  @Override
  public void require(Credentials credentials) throws IOException, InterruptedException {
    byte[] salt = new byte[16];
    new SecureRandom().nextBytes(salt);
    String hash =
        OpenBSDBCrypt.generate("2y", credentials.password().toCharArray(), salt, BCRYPT_COST);
    Path file =
        Files.writeString(folder.resolve("htpasswd"), credentials.username() + ":" + hash + "\n");
    close();
    process = start(file);
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create("http://" + name() + path));
  }

  private HttpResponse<Void> sent(HttpRequest.Builder request, int expected)
      throws IOException, InterruptedException {
    HttpResponse<Void> response = client.send(request.build(), BodyHandlers.discarding());
    if (response.statusCode() != expected) {
      throw new IOException(response + ": " + Files.readString(folder.resolve("log")));
    }
    return response;
  }

  @Override
  public void close() throws IOException {
    process.destroyForcibly();
    process.onExit().join();
  }
}
