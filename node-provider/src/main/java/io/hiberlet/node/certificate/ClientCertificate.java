package io.hiberlet.node.certificate;

import io.hiberlet.node.certificate.SigningRequests.Answer;
import io.hiberlet.node.client.ApiServerAccess;
import io.hiberlet.node.client.KubeconfigException;
import io.kubernetes.client.openapi.ApiException;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The certificate {@code system:node:NAME} that a node gets by itself, as a kubelet does
 * (Kubernetes documentation, "TLS bootstrapping"): with the token of a bootstrap kubeconfig it asks
 * for one, and when that is approved writes its own kubeconfig. From then on it renews the
 * certificate with the certificate; connections that are open go on. The bootstrap is needed again
 * only when the certificate has ended, or the kubeconfig is gone. Its methods may be called by any
 * thread.
 */
final class ClientCertificate implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(ClientCertificate.class);
  private static final String NO_CERTIFICATE = "this node has no valid client certificate yet";

  private final Path kubeconfig;
  private final Path bootstrap;
  private final CertificateDirectory store;
  private final RotatingCertificate rotation;
  private final ApiServerAccess access;
  private final CountDownLatch obtained = new CountDownLatch(1);

  /** Owned by the rotation's thread once that is started. */
  private @Nullable X509Certificate current;

  /**
   * Reads what there is; asks nobody.
   *
   * @param kubeconfig is used while its certificate is valid, and written when there is a new one
   * @param bootstrap the kubeconfig to ask with; needed only while the other one cannot be used
   * @param data of this node alone; the key is kept in its folder {@code pki}
   */
  ClientCertificate(String node, Path kubeconfig, Path bootstrap, Path data, Clock clock)
      throws KubeconfigException, IOException, GeneralSecurityException {
    CertificateProfile profile = CertificateProfile.client(node);
    this.kubeconfig = kubeconfig.toAbsolutePath();
    this.bootstrap = bootstrap;
    this.store = new CertificateDirectory(data.resolve("pki").toAbsolutePath(), profile.name());
    this.rotation =
        new RotatingCertificate(profile, store, this::ask, this::use, clock, new Random());
    Optional<X509Certificate> valid = validCertificate();
    if (valid.isPresent()) {
      this.current = valid.get();
      this.access = existing(valid.get());
      rotation.useUntilRenewal(valid.get());
      obtained.countDown();
    } else {
      this.access = ApiServerAccess.withoutIdentity(bootstrap, NO_CERTIFICATE);
    }
  }

  /** The way to the API server; calls before {@link #obtained} fail without being sent. */
  ApiServerAccess access() {
    return access;
  }

  /** Becomes zero when this node has its certificate. */
  CountDownLatch obtained() {
    return obtained;
  }

  /** Starts asking for the certificate when it is time; to be called once. */
  void start() {
    rotation.start();
  }

  @Override
  public void close() {
    rotation.close();
  }

  /** The certificate of the kubeconfig, if there is one for this node that has not ended. */
  private Optional<X509Certificate> validCertificate() {
    if (!Files.exists(kubeconfig)) {
      return Optional.empty();
    }
    try {
      Optional<byte[]> pem = ApiServerAccess.clientCertificate(kubeconfig);
      if (pem.isPresent()) {
        X509Certificate certificate = CertificateDirectory.certificates(pem.get()).getFirst();
        if (rotation.isUsable(certificate)) {
          return Optional.of(certificate);
        }
      }
      log.atWarn()
          .addKeyValue("kubeconfig", kubeconfig)
          .log("Holds no certificate of this node that is still valid; joining the cluster anew");
    } catch (KubeconfigException | GeneralSecurityException e) {
      log.atWarn()
          .addKeyValue("kubeconfig", kubeconfig)
          .addKeyValue("cause", e.getMessage())
          .log("Cannot be used; joining the cluster anew");
    }
    return Optional.empty();
  }

  private ApiServerAccess existing(X509Certificate certificate)
      throws KubeconfigException, GeneralSecurityException {
    Optional<KeyMaterial> own =
        store.certificate().filter(material -> material.certificate().equals(certificate));
    if (own.isEmpty()) {
      return ApiServerAccess.load(kubeconfig);
    }
    ApiServerAccess existing = ApiServerAccess.withoutIdentity(kubeconfig, NO_CERTIFICATE);
    existing.authenticateWith(own.get().key(), own.get().chain());
    return existing;
  }

  /** By the certificate while there is one, else by the bootstrap as its file is at present. */
  private Answer ask(KeyPair keys, CertificateProfile profile) throws Exception {
    if (current != null && rotation.isUsable(current)) {
      return new SigningRequests(access.client()).ask(keys, profile);
    }
    access.withhold(NO_CERTIFICATE);
    try (ApiServerAccess asking = ApiServerAccess.load(bootstrap)) {
      return new SigningRequests(asking.client()).ask(keys, profile);
    } catch (ApiException e) {
      if (e.getCode() == HttpURLConnection.HTTP_UNAUTHORIZED) {
        throw new KubeconfigException(
            bootstrap,
            "the API server does not accept its credentials (401); a bootstrap token ends, by"
                + " default after a day, and kubeadm token create makes another",
            e);
      }
      throw e;
    }
  }

  private void use(KeyMaterial material) throws IOException, GeneralSecurityException {
    OwnKubeconfig.write(kubeconfig, access, store.certificateFile());
    access.authenticateWith(material.key(), material.chain());
    current = material.certificate();
    obtained.countDown();
  }
}
