package io.hiberlet.node.client;

import io.kubernetes.client.openapi.ApiClient;
import io.kubernetes.client.util.ClientBuilder;
import java.io.IOException;
import java.net.URI;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;
import okhttp3.Interceptor;
import okhttp3.OkHttpClient;
import okhttp3.Response;

/**
 * The API server that a kubeconfig file names, and this node's way to it. Loading reads files only;
 * whether the server can be reached shows with the first call. Thread-safe, but {@link
 * #authenticateWith} and {@link #withhold} belong to one thread.
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
    KubeconfigFile file = KubeconfigFile.read(kubeconfig);
    return access(file, file::authenticated);
  }

  /**
   * Reads a kubeconfig file for the server alone: calls fail, without being sent, until there is a
   * certificate to {@link #authenticateWith}.
   *
   * @param why the calls fail
   * @throws KubeconfigException when it makes no sense, with a message for the user
   */
  public static ApiServerAccess withoutIdentity(Path kubeconfig, String why)
      throws KubeconfigException {
    KubeconfigFile file = KubeconfigFile.read(kubeconfig);
    ApiServerAccess access = access(file, file::anonymous);
    access.withhold(why);
    return access;
  }

  /**
   * The client certificate that a kubeconfig names, in PEM, perhaps with other things.
   *
   * @throws KubeconfigException when a file is missing or makes no sense
   */
  public static Optional<byte[]> clientCertificate(Path kubeconfig) throws KubeconfigException {
    KubeconfigFile file = KubeconfigFile.read(kubeconfig);
    try {
      return Optional.ofNullable(file.clientCertificate());
    } catch (IOException | RuntimeException e) {
      throw new KubeconfigException(file.file(), ApiErrors.describeLocal(e), e);
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

  /**
   * From now on new connections show this certificate. What is open goes on with the one before,
   * watches for example: a new TLS context is another address to OkHttp, whose connections are not
   * shared with it, and has no session to resume.
   */
  public void authenticateWith(PrivateKey key, List<X509Certificate> chain)
      throws GeneralSecurityException {
    OkHttpClient before = client.getHttpClient();
    X509TrustManager trust = Objects.requireNonNull(before.x509TrustManager());
    SSLContext tls = SSLContext.getInstance("TLS");
    tls.init(keyManagers(key, chain), new TrustManager[] {trust}, null);
    OkHttpClient.Builder next = before.newBuilder().sslSocketFactory(tls.getSocketFactory(), trust);
    next.interceptors().removeIf(Withholding.class::isInstance);
    client.setHttpClient(next.build());
  }

  /** Until {@link #authenticateWith} calls fail without being sent, as they would be refused. */
  public void withhold(String why) {
    OkHttpClient.Builder next = client.getHttpClient().newBuilder();
    if (next.interceptors().stream().noneMatch(Withholding.class::isInstance)) {
      client.setHttpClient(next.addInterceptor(new Withholding(why)).build());
    }
  }

  private record Withholding(String why) implements Interceptor {
    @Override
    public Response intercept(Chain chain) throws IOException {
      throw new IOException(why);
    }
  }

  private static KeyManager[] keyManagers(PrivateKey key, List<X509Certificate> chain)
      throws GeneralSecurityException {
    try {
      char[] password = {}; // the store never leaves the memory
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(null, password);
      store.setKeyEntry("node", key, password, chain.toArray(X509Certificate[]::new));
      var factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
      factory.init(store, password);
      return factory.getKeyManagers();
    } catch (IOException e) {
      throw new GeneralSecurityException(e);
    }
  }

  /** Closes idle connections; calls in flight go on to their end. */
  @Override
  public void close() {
    client.getHttpClient().dispatcher().executorService().shutdown();
    client.getHttpClient().connectionPool().evictAll();
  }

  private interface Connecting {
    ClientBuilder builder() throws IOException;
  }

  private static ApiServerAccess access(KubeconfigFile file, Connecting connecting)
      throws KubeconfigException {
    TolerantJson.install();
    try {
      ApiClient client = connectable(connecting.builder());
      return new ApiServerAccess(
          URI.create(client.getBasePath()), file.certificateAuthorities(), client);
    } catch (NoSuchFileException e) {
      throw new KubeconfigException(
          file.file(), "refers to " + e.getFile() + ", which is missing", e);
    } catch (IOException | GeneralSecurityException | RuntimeException e) {
      throw new KubeconfigException(file.file(), ApiErrors.describeLocal(e), e);
    }
  }

  private static ApiClient connectable(ClientBuilder builder) {
    ApiClient client = builder.setPingInterval(PING_INTERVAL).build();
    client.setUserAgent("hiberlet");
    return client.setHttpClient(
        client
            .getHttpClient()
            .newBuilder()
            .connectTimeout(CONNECT_TIMEOUT)
            .callTimeout(CALL_TIMEOUT)
            .build());
  }
}
