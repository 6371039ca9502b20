package io.hiberlet.node.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KubeconfigUserTest {
  @TempDir Path folder;

  @Test
  void aTokenIsReadFromWhereTheFileSays() throws Exception {
    KubeconfigUser user = load("", "{token: abc}");
    assertEquals(Optional.of("abc"), user.token());
    assertEquals(List.of(), user.keyManagers());
    assertEquals(URI.create("https://192.0.2.1:6443"), user.access().server());

    Path file = Files.writeString(folder.resolve("token"), "first\n");
    KubeconfigUser renewed = load("", "{tokenFile: %s}".formatted(file));
    assertEquals(Optional.of("first"), renewed.token());
    Files.writeString(file, "second\n");
    assertEquals(Optional.of("second"), renewed.token());
  }

  @Test
  void aPluginIsAskedForTheToken() throws Exception {
    Path plugin = folder.resolve("plugin");
    Files.writeString(
        plugin,
        """
        #!/bin/sh
        echo '{"kind": "ExecCredential", "apiVersion": "client.authentication.k8s.io/v1", \
        "status": {"token": "of-plugin"}}'
        """);
    assertTrue(plugin.toFile().setExecutable(true));
    KubeconfigUser user =
        load(
            "",
            "{exec: {apiVersion: client.authentication.k8s.io/v1, command: %s}}".formatted(plugin));
    assertEquals(Optional.of("of-plugin"), user.token());
  }

  @Test
  void nobodyIsAUserToo() throws Exception {
    assertEquals(Optional.empty(), load("", "{}").token());
  }

  @Test
  void whatIsNotDoneIsSaid() {
    assertEquals(
        "insecure-skip-tls-verify is not supported; name the certificate-authority instead",
        refusal("insecure-skip-tls-verify: true, ", "{token: abc}"));
    assertEquals(
        "a user with a password is not supported, nor is it by Kubernetes",
        refusal("", "{username: me, password: secret}"));
  }

  private String refusal(String cluster, String user) {
    String message =
        assertThrows(KubeconfigException.class, () -> load(cluster, user)).getMessage();
    return message.substring(message.indexOf("config: ") + "config: ".length());
  }

  private KubeconfigUser load(String cluster, String user) throws Exception {
    Path file = folder.resolve("config");
    Files.writeString(
        file,
        """
        apiVersion: v1
        kind: Config
        current-context: c
        contexts: [{name: c, context: {cluster: c, user: u}}]
        clusters: [{name: c, cluster: {%sserver: "https://192.0.2.1:6443"}}]
        users: [{name: u, user: %s}]
        """
            .formatted(cluster, user));
    return KubeconfigUser.load(file);
  }
}
