package io.hiberlet.node.client;

import io.kubernetes.client.util.ClientBuilder;
import io.kubernetes.client.util.KubeConfig;
import io.kubernetes.client.util.credentials.ClientCertificateAuthentication;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A kubeconfig that names a server, and the files beside it that it refers to. Immutable. */
final class KubeconfigFile {
  private static final String CERTIFICATE = "CERTIFICATE";

  private final Path file;
  private final KubeConfig config;

  private KubeconfigFile(Path file, KubeConfig config) {
    this.file = file;
    this.config = config;
  }

  static KubeconfigFile read(Path kubeconfig) throws KubeconfigException {
    Path file = kubeconfig.toAbsolutePath().normalize();
    try (Reader reader = Files.newBufferedReader(file)) {
      KubeConfig config = KubeConfig.loadKubeConfig(reader);
      config.setFile(file.toFile());
      check(file, config);
      return new KubeconfigFile(file, config);
    } catch (NoSuchFileException e) {
      throw new KubeconfigException(file, "there is no such file", e);
    } catch (IOException e) {
      throw new KubeconfigException(file, "cannot be read: " + e.getMessage(), e);
    } catch (RuntimeException e) {
      throw new KubeconfigException(
          file, "is not a kubeconfig file: " + ApiErrors.describeLocal(e), e);
    }
  }

  private static void check(Path file, KubeConfig config) throws KubeconfigException {
    if (config.getCurrentContext() == null) {
      throw new KubeconfigException(file, "has no current-context");
    }
    if (config.getServer() == null) {
      throw new KubeconfigException(
          file, "its context " + config.getCurrentContext() + " leads to no cluster with a server");
    }
  }

  /** Absolute. */
  Path file() {
    return file;
  }

  /**
   * A client of the server as the user that the file names. Certificate and key may be in one file,
   * as with any kubelet; client-java wants them apart.
   */
  ClientBuilder authenticated() throws IOException {
    byte[] certificate = clientCertificate();
    byte[] key = config.getDataOrFileRelative(config.getClientKeyData(), config.getClientKeyFile());
    ClientBuilder builder = ClientBuilder.kubeconfig(config);
    return certificate == null || key == null
        ? builder
        : builder.setAuthentication(
            new ClientCertificateAuthentication(
                Pem.only(CERTIFICATE, certificate), Pem.without(CERTIFICATE, key)));
  }

  /** A client of the server as nobody. */
  ClientBuilder anonymous() throws IOException {
    return ClientBuilder.kubeconfig(config).setAuthentication(client -> {});
  }

  /**
   * The bearer token of the user, if that is how the file has it say who it is: as it stands there,
   * or read from a file, or asked of a credential plugin. Blocks.
   */
  Optional<String> token() {
    Map<String, String> credentials = config.getCredentials();
    return credentials == null
        ? Optional.empty()
        : Optional.ofNullable(credentials.get(KubeConfig.CRED_TOKEN_KEY))
            .filter(token -> !token.isEmpty());
  }

  /** Whether the server's certificate is to be verified. */
  boolean verifiesServer() {
    return config.verifySSL();
  }

  /** Whether the user has a password. */
  boolean hasPassword() {
    return config.getPassword() != null;
  }

  /** In PEM, perhaps with other things; null when the user has none. */
  byte @Nullable [] clientCertificate() throws IOException {
    return config.getDataOrFileRelative(
        config.getClientCertificateData(), config.getClientCertificateFile());
  }

  /** Whom to trust as the server; empty when the system's certificates are to be used. */
  List<X509Certificate> certificateAuthorities() throws IOException, GeneralSecurityException {
    byte[] pem =
        config.getDataOrFileRelative(
            config.getCertificateAuthorityData(), config.getCertificateAuthorityFile());
    if (pem == null) {
      return List.of();
    }
    return CertificateFactory.getInstance("X.509")
        .generateCertificates(new ByteArrayInputStream(pem))
        .stream()
        .map(X509Certificate.class::cast)
        .toList();
  }
}
