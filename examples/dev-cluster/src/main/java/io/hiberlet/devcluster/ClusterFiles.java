package io.hiberlet.devcluster;

import io.hiberlet.devcluster.pki.Identity;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Base64;

/** Writes kubeconfigs and keys, readable for their owner only, under the names of a real one's. */
final class ClusterFiles {
  private final Path directory;
  private final String server;
  private final Identity authority;

  ClusterFiles(Path directory, String server, Identity authority) {
    this.directory = directory;
    this.server = server;
    this.authority = authority;
  }

  void writeAdminKubeconfig(Identity admin) throws IOException {
    write(
        "admin.kubeconfig",
        kubeconfig(
            "client-certificate-data: "
                + base64(admin.certificatePem())
                + "\n    client-key-data: "
                + base64(admin.keyPem())));
  }

  void writeBootstrapKubeconfig(String token) throws IOException {
    write("bootstrap.kubeconfig", kubeconfig("token: " + token));
  }

  void writeCertificate(String name, Identity identity) throws IOException {
    write("pki/" + name + ".crt", identity.certificatePem());
  }

  void writeKey(String name, Identity identity) throws IOException {
    write("pki/" + name + ".key", identity.keyPem());
  }

  private String kubeconfig(String credential) {
    return """
    apiVersion: v1
    kind: Config
    current-context: dev-cluster
    contexts:
    - name: dev-cluster
      context: {cluster: dev-cluster, user: dev-cluster}
    clusters:
    - name: dev-cluster
      cluster:
        server: %s
        certificate-authority-data: %s
    users:
    - name: dev-cluster
      user:
        %s
    """
        .formatted(server, base64(authority.certificatePem()), credential);
  }

  private static String base64(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.US_ASCII));
  }

  /** Writes a file of any name. */
  void write(String name, String content) throws IOException {
    Path file = directory.resolve(name);
    Files.createDirectories(file.getParent());
    Files.deleteIfExists(file);
    Files.createFile(
        file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    Files.writeString(file, content, StandardOpenOption.WRITE);
  }
}
