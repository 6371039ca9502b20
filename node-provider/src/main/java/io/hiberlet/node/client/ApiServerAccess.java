package io.hiberlet.node.client;

import io.kubernetes.client.openapi.ApiClient;
import io.kubernetes.client.util.ClientBuilder;
import io.kubernetes.client.util.KubeConfig;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.Reader;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;

/**
 * The API server that a kubeconfig file names, and this node's way to it. Loading reads files only;
 * whether the server can be reached shows with the first call. Thread-safe.
 */
public final class ApiServerAccess implements AutoCloseable {
  /** For a call as a whole; watches set their own. */
  private static final Duration CALL_TIMEOUT = Duration.ofSeconds(30);

  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(10);

  /** A connection whose other end is gone is noticed after this long (HTTP/2 only). */
  private static final Duration PING_INTERVAL = Duration.ofSeconds(30);

  private final URI server;
  private final List<X509Certificate> certificateAuthorities;
  private final ApiClient client;

  private ApiServerAccess(
      URI server, List<X509Certificate> certificateAuthorities, ApiClient client) {
    this.server = server;
    this.certificateAuthorities = certificateAuthorities;
    this.client = client;
  }

  /**
   * Reads a kubeconfig file and the files it refers to.
   *
   * @throws KubeconfigException when one is missing or makes no sense, with a message for the user
   */
  public static ApiServerAccess load(Path kubeconfig) throws KubeconfigException {
    Path file = kubeconfig.toAbsolutePath().normalize();
    TolerantJson.install();
    KubeConfig config = read(file);
    try {
      ApiClient client = connectable(config);
      return new ApiServerAccess(
          URI.create(client.getBasePath()), certificateAuthorities(config), client);
    } catch (NoSuchFileException e) {
      throw new KubeconfigException(file, "refers to " + e.getFile() + ", which is missing", e);
    } catch (IOException | GeneralSecurityException | RuntimeException e) {
      throw new KubeconfigException(file, ApiErrors.describeLocal(e), e);
    }
  }

  /** Scheme, host and port, and a path where the server is behind one. */
  public URI server() {
    return server;
  }

  /** Whom to trust as the API server; empty when the system's certificates are to be used. */
  public List<X509Certificate> certificateAuthorities() {
    return certificateAuthorities;
  }

  /** Authenticated as this node; every call ends after 30 s unless it sets its own limit. */
  public ApiClient client() {
    return client;
  }

  /** Closes idle connections; calls in flight go on to their end. */
  @Override
  public void close() {
    client.getHttpClient().dispatcher().executorService().shutdown();
    client.getHttpClient().connectionPool().evictAll();
  }

  private static KubeConfig read(Path file) throws KubeconfigException {
    try (Reader reader = Files.newBufferedReader(file)) {
      KubeConfig config = KubeConfig.loadKubeConfig(reader);
      config.setFile(file.toFile());
      check(file, config);
      return config;
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

  private static ApiClient connectable(KubeConfig config) throws IOException {
    ApiClient client = ClientBuilder.kubeconfig(config).setPingInterval(PING_INTERVAL).build();
    client.setUserAgent("hiberlet");
    return client.setHttpClient(
        client
            .getHttpClient()
            .newBuilder()
            .connectTimeout(CONNECT_TIMEOUT)
            .callTimeout(CALL_TIMEOUT)
            .build());
  }

  private static List<X509Certificate> certificateAuthorities(KubeConfig config)
      throws IOException, GeneralSecurityException {
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
