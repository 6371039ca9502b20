package io.hiberlet.node.certificate;

import io.hiberlet.node.NodeOptions;
import io.kubernetes.client.openapi.ApiClient;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Random;
import javax.net.ssl.X509ExtendedKeyManager;

/**
 * The certificate of the kubelet API. There is one at once: the stored one while it is valid for
 * this node, else a self-signed one. The cluster is asked to issue one (signer {@code
 * kubernetes.io/kubelet-serving}, which a person or a controller must approve), and again before
 * its end; it is stored and served without a restart. Thread-safe.
 */
public final class ServingCertificate implements AutoCloseable {
  private static final Duration SELF_SIGNED_VALIDITY = Duration.ofDays(365);

  private final ReloadingKeyManager keyManager;
  private final RotatingCertificate rotation;

  private ServingCertificate(
      CertificateProfile profile, CertificateDirectory store, ApiClient client, Clock clock)
      throws GeneralSecurityException {
    this.rotation =
        new RotatingCertificate(
            profile, store, new SigningRequests(client)::ask, this::serve, clock, new Random());
    Optional<KeyMaterial> stored = rotation.stored();
    stored.map(KeyMaterial::certificate).ifPresent(rotation::useUntilRenewal);
    this.keyManager =
        new ReloadingKeyManager(
            stored.isPresent() ? stored.get() : selfSigned(profile, clock.instant()));
  }

  /**
   * Opens the directory {@code pki} below the node's data directory, where the key is kept.
   *
   * @throws IOException when the directory cannot be used
   */
  public static ServingCertificate open(NodeOptions options, ApiClient client, Clock clock)
      throws IOException, GeneralSecurityException {
    CertificateProfile profile =
        CertificateProfile.serving(options.name(), options.ip(), options.hostname());
    return new ServingCertificate(
        profile,
        new CertificateDirectory(options.dataDirectory().resolve("pki"), profile.name()),
        client,
        clock);
  }

  /** Always serves the current certificate; give it to the TLS server once. */
  public X509ExtendedKeyManager keyManager() {
    return keyManager;
  }

  /** Starts asking for a certificate; to be called once. */
  public void start() {
    rotation.start();
  }

  @Override
  public void close() {
    rotation.close();
  }

  private void serve(KeyMaterial material) {
    keyManager.serve(material);
  }

  private static KeyMaterial selfSigned(CertificateProfile profile, Instant now)
      throws GeneralSecurityException {
    return Certificates.selfSigned(Certificates.newKeyPair(), profile, now, SELF_SIGNED_VALIDITY);
  }
}
