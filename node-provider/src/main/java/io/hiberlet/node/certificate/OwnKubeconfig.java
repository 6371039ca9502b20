package io.hiberlet.node.certificate;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.gson.GsonBuilder;
import io.hiberlet.node.client.ApiServerAccess;
import io.hiberlet.node.client.Pem;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The kubeconfig that a node writes for itself. It refers to the file of the certificate, which
 * alone changes when the certificate is renewed. JSON, which is YAML.
 */
final class OwnKubeconfig {
  private static final String NAME = "hiberlet";

  private OwnKubeconfig() {}

  /** Writes it (mode 0600) unless it is there already. */
  static void write(Path file, ApiServerAccess access, Path certificate)
      throws IOException, GeneralSecurityException {
    byte[] wanted = contents(file, access, certificate);
    if (!Files.exists(file) || !Arrays.equals(Files.readAllBytes(file), wanted)) {
      Files.createDirectories(file.toAbsolutePath().resolveSibling(""));
      PrivateFile.write(file, wanted);
    }
  }

  private static byte[] contents(Path file, ApiServerAccess access, Path certificate)
      throws GeneralSecurityException {
    String pem = reference(file, certificate).toString();
    Map<String, Object> config = new LinkedHashMap<>();
    config.put("apiVersion", "v1");
    config.put("kind", "Config");
    config.put("current-context", NAME);
    config.put("contexts", named("context", Map.of("cluster", NAME, "user", NAME)));
    config.put("clusters", named("cluster", cluster(access)));
    config.put("users", named("user", Map.of("client-certificate", pem, "client-key", pem)));
    var gson = new GsonBuilder().setPrettyPrinting().disableHtmlEscaping().create();
    return (gson.toJson(config) + "\n").getBytes(UTF_8);
  }

  /** A folder that holds both files may be moved; in a kubeconfig, paths are relative to it. */
  private static Path reference(Path file, Path certificate) {
    Path folder = file.toAbsolutePath().resolveSibling("");
    return certificate.startsWith(folder) ? folder.relativize(certificate) : certificate;
  }

  private static Map<String, Object> cluster(ApiServerAccess access)
      throws GeneralSecurityException {
    Map<String, Object> cluster = new LinkedHashMap<>();
    cluster.put("server", access.server().toString());
    if (!access.client().isVerifyingSsl()) {
      cluster.put("insecure-skip-tls-verify", true);
    } else if (!access.certificateAuthorities().isEmpty()) {
      var pem = new ByteArrayOutputStream();
      for (X509Certificate authority : access.certificateAuthorities()) {
        pem.writeBytes(Pem.encode("CERTIFICATE", authority.getEncoded()));
      }
      cluster.put(
          "certificate-authority-data", Base64.getEncoder().encodeToString(pem.toByteArray()));
    }
    return cluster;
  }

  private static List<Map<String, Object>> named(String kind, Map<String, Object> contents) {
    Map<String, Object> element = new LinkedHashMap<>();
    element.put("name", NAME);
    element.put(kind, contents);
    return List.of(element);
  }
}
