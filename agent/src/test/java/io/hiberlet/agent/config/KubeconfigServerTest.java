package io.hiberlet.agent.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The API server that a kubeconfig names, and this machine as it sees it. */
class KubeconfigServerTest {
  @TempDir Path folder;
  private Path file;

  @BeforeEach
  void nameFile() {
    file = folder.resolve("kubeconfig");
  }

  @Test
  void findsTheServerOfTheCurrentContext() throws Exception {
    Files.writeString(
        file,
        """
        current-context: b
        contexts:
        - {name: a, context: {cluster: one}}
        - {name: b, context: {cluster: two}}
        clusters:
        - {name: one, cluster: {server: "https://192.0.2.1:6443"}}
        - {name: two, cluster: {server: "https://192.0.2.2:6443"}}
        """);
    assertEquals("https://192.0.2.2:6443", KubeconfigServer.of(file).toString());
  }

  @Test
  void thisMachineHasANameAndAnAddressThatOthersCanUse() throws Exception {
    Files.writeString(
        file,
        """
        current-context: a
        contexts: [{name: a, context: {cluster: one}}]
        clusters: [{name: one, cluster: {server: "https://127.0.0.1:6443"}}]
        """);
    LocalHost machine = new LocalHost();
    assertEquals(machine.name(), NodeSection.nodeName(machine.name()));
    InetAddress address = machine.addressFor(file);
    assertFalse(address.isAnyLocalAddress());
    assertFalse(address.getHostAddress().contains("%"), address.getHostAddress());
  }

  @ParameterizedTest
  @CsvSource({"[]", "x", "current-context: a", "'contexts: 5'", "'a: b: c'"})
  void refusesAKubeconfigWithoutAServer(String text) throws IOException {
    Files.writeString(file, text);
    assertThrows(ConfigException.class, () -> KubeconfigServer.of(file));
  }
}
