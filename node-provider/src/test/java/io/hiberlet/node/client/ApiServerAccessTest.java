package io.hiberlet.node.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kubernetes.client.openapi.ApiException;
import io.kubernetes.client.openapi.apis.VersionApi;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ApiServerAccessTest {
  @TempDir Path directory;

  @Test
  void namesAMissingFile() {
    Path file = directory.resolve("nowhere");
    var e = assertThrows(KubeconfigException.class, () -> ApiServerAccess.load(file));
    assertEquals("kubeconfig " + file + ": there is no such file", e.getMessage());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "\"\" | is not a kubeconfig file",
        "just words | is not a kubeconfig file",
        "[1, 2 | is not a kubeconfig file",
        "clusters: 7 | is not a kubeconfig file",
        "kind: Config | has no current-context",
        "current-context: a | its context a leads to no cluster with a server",
      })
  void saysWhatIsWrongWithAFile(String contents, String problem) throws IOException {
    Path file = Files.writeString(directory.resolve("config"), contents);
    var e = assertThrows(KubeconfigException.class, () -> ApiServerAccess.load(file));
    assertTrue(e.getMessage().startsWith("kubeconfig " + file + ": " + problem), e.getMessage());
  }

  @Test
  void namesAMissingFileThatTheFileRefersTo() throws IOException {
    Path file = kubeconfig("https://127.0.0.1:6443", "certificate-authority: ca.crt");
    var e = assertThrows(KubeconfigException.class, () -> ApiServerAccess.load(file));
    assertEquals(
        "kubeconfig " + file + ": refers to " + directory.resolve("ca.crt") + ", which is missing",
        e.getMessage());
  }

  @Test
  void refusesCertificatesThatAreNone() throws IOException {
    Path file = kubeconfig("https://127.0.0.1:6443", "certificate-authority-data: aGVsbG8=");
    assertThrows(KubeconfigException.class, () -> ApiServerAccess.load(file));
  }

  @Test
  void explainsAnUnreachableServer() throws Exception {
    int port = freePort();
    Path file = kubeconfig("http://127.0.0.1:" + port, "x: y");
    try (var access = ApiServerAccess.load(file)) {
      assertEquals(URI.create("http://127.0.0.1:" + port), access.server());
      assertTrue(access.certificateAuthorities().isEmpty());
      var e =
          assertThrows(
              ApiException.class, () -> new VersionApi(access.client()).getCode().execute());
      String text = ApiErrors.describe(e);
      assertTrue(text.startsWith("cannot reach the API server: "), text);
      assertTrue(text.contains("refused"), text);
    }
  }

  private Path kubeconfig(String server, String more) throws IOException {
    return Files.writeString(
        directory.resolve("config"),
        """
        current-context: c
        contexts: [{name: c, context: {cluster: k, user: u}}]
        clusters: [{name: k, cluster: {server: "%s", %s}}]
        users: [{name: u, user: {token: secret}}]
        """
            .formatted(server, more));
  }

  private static int freePort() throws IOException {
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }
}
