package io.hiberlet.node.certificate;

import io.hiberlet.node.client.ApiServerAccess;
import io.hiberlet.node.client.KubeconfigException;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Clock;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;

/**
 * As whom this node speaks to the API server: as its kubeconfig says, or, given a bootstrap
 * kubeconfig, with a certificate that it gets and renews by itself. Thread-safe.
 */
public final class NodeIdentity implements AutoCloseable {
  private final ApiServerAccess access;
  private final CountDownLatch obtained;
  private final Optional<ClientCertificate> certificate;

  private NodeIdentity(
      ApiServerAccess access, CountDownLatch obtained, Optional<ClientCertificate> certificate) {
    this.access = access;
    this.obtained = obtained;
    this.certificate = certificate;
  }

  /**
   * Reads what there is; asks nobody.
   *
   * @param node the Node's name
   * @param kubeconfig how to reach the API server; with a bootstrap it is used while its
   *     certificate is valid, and written when there is a new one
   * @param bootstrap the kubeconfig to ask for a certificate with; it need not exist while the
   *     other one can be used
   * @param data of this node alone; keys are kept in its folder {@code pki}
   * @throws KubeconfigException when the file that is needed cannot be used
   * @throws IOException when the folder cannot be used
   */
  public static NodeIdentity open(
      String node, Path kubeconfig, Optional<Path> bootstrap, Path data, Clock clock)
      throws KubeconfigException, IOException, GeneralSecurityException {
    if (bootstrap.isEmpty()) {
      return new NodeIdentity(
          ApiServerAccess.load(kubeconfig), new CountDownLatch(0), Optional.empty());
    }
    var certificate = new ClientCertificate(node, kubeconfig, bootstrap.get(), data, clock);
    return new NodeIdentity(certificate.access(), certificate.obtained(), Optional.of(certificate));
  }

  /** The way to the API server; calls before the identity is obtained fail without being sent. */
  public ApiServerAccess access() {
    return access;
  }

  /** Becomes zero when this node has its identity; at once when it was given one. */
  public CountDownLatch obtained() {
    return obtained;
  }

  /** Starts to get and to renew the certificate; to be called once. */
  public void start() {
    certificate.ifPresent(ClientCertificate::start);
  }

  @Override
  public void close() {
    certificate.ifPresent(ClientCertificate::close);
    access.close();
  }
}
