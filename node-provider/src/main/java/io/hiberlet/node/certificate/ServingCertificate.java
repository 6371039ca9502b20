package io.hiberlet.node.certificate;

import io.hiberlet.node.NodeOptions;
import io.hiberlet.node.certificate.SigningRequests.Answer;
import io.hiberlet.node.task.RepeatedTask;
import io.kubernetes.client.openapi.ApiClient;
import io.kubernetes.client.openapi.ApiException;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import javax.net.ssl.X509ExtendedKeyManager;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The certificate of the kubelet API. There is one at once: the stored one while it is valid for
 * this node, else a self-signed one. The cluster is asked to issue one (signer {@code
 * kubernetes.io/kubelet-serving}, which a person or a controller must approve), and again after
 * four fifths of its life; it is stored and served without a restart. Thread-safe.
 */
public final class ServingCertificate implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(ServingCertificate.class);
  private static final Duration SELF_SIGNED_VALIDITY = Duration.ofDays(365);
  private static final Duration POLL_INTERVAL = Duration.ofSeconds(10);
  private static final Duration AFTER_REFUSAL = Duration.ofHours(1);
  private static final Duration LONGEST_WAIT = Duration.ofHours(1);

  private final ServingIdentity identity;
  private final CertificateDirectory store;
  private final SigningRequests requests;
  private final Clock clock;
  private final ReloadingKeyManager keyManager;
  private final RepeatedTask task;
  private Instant renewal;
  private String announced = "";

  private ServingCertificate(
      ServingIdentity identity, CertificateDirectory store, SigningRequests requests, Clock clock)
      throws GeneralSecurityException {
    this.identity = identity;
    this.store = store;
    this.requests = requests;
    this.clock = clock;
    Instant now = clock.instant();
    Optional<KeyMaterial> stored =
        store
            .certificate()
            .filter(material -> material.isValid(now))
            .filter(material -> identity.isNamedBy(material.certificate()));
    this.renewal = stored.map(KeyMaterial::renewal).orElse(Instant.EPOCH);
    this.keyManager = new ReloadingKeyManager(stored.isPresent() ? stored.get() : selfSigned(now));
    this.task = new RepeatedTask("serving certificate", this::keepCurrent);
  }

  /**
   * Opens the directory {@code pki} below the node's data directory, where the key is kept.
   *
   * @throws IOException when the directory cannot be used
   */
  public static ServingCertificate open(NodeOptions options, ApiClient client, Clock clock)
      throws IOException, GeneralSecurityException {
    return new ServingCertificate(
        new ServingIdentity(options.name(), options.ip(), options.hostname()),
        new CertificateDirectory(options.dataDirectory().resolve("pki")),
        new SigningRequests(client),
        clock);
  }

  /** Always serves the current certificate; give it to the TLS server once. */
  public X509ExtendedKeyManager keyManager() {
    return keyManager;
  }

  /** Starts asking for a certificate; to be called once. */
  public void start() {
    task.start();
  }

  @Override
  public void close() {
    task.close();
  }

  private Duration keepCurrent() throws ApiException, IOException, GeneralSecurityException {
    Duration rest = Duration.between(clock.instant(), renewal);
    if (rest.isPositive()) {
      return rest.compareTo(LONGEST_WAIT) < 0 ? rest : LONGEST_WAIT;
    }
    KeyPair keys = pendingKey();
    return switch (requests.ask(keys, identity)) {
      case Answer.Issued issued -> install(keys, issued);
      case Answer.Pending pending -> await(pending);
      case Answer.Refused refused -> startOver(refused);
    };
  }

  private KeyPair pendingKey() throws IOException, GeneralSecurityException {
    Optional<KeyPair> pending = store.pendingKey();
    if (pending.isPresent()) {
      return pending.get();
    }
    KeyPair keys = Certificates.newKeyPair();
    store.keepPendingKey(keys);
    return keys;
  }

  private Duration install(KeyPair keys, Answer.Issued issued)
      throws IOException, GeneralSecurityException {
    var material = new KeyMaterial(keys.getPrivate(), issued.chain());
    if (!material.certificate().getPublicKey().equals(keys.getPublic())) {
      store.forgetPendingKey();
      throw new GeneralSecurityException("the certificate issued is for another key");
    }
    store.keep(material);
    store.forgetPendingKey();
    keyManager.serve(material);
    renewal = material.renewal();
    log.atInfo()
        .addKeyValue("issuer", material.certificate().getIssuerX500Principal())
        .addKeyValue("until", material.certificate().getNotAfter().toInstant())
        .log("Serving with a certificate of the cluster");
    return Duration.ZERO;
  }

  private Duration await(Answer.Pending pending) {
    if (!announced.equals(pending.request())) {
      announced = pending.request();
      log.atInfo()
          .addKeyValue("request", pending.request())
          .log("Waiting for kubectl certificate approve; self-signed or old one until then");
    }
    return POLL_INTERVAL;
  }

  private Duration startOver(Answer.Refused refused) throws IOException {
    store.forgetPendingKey();
    log.atWarn()
        .addKeyValue("request", refused.request())
        .addKeyValue("why", refused.why())
        .log("No serving certificate; will ask again");
    return AFTER_REFUSAL;
  }

  private KeyMaterial selfSigned(Instant now) throws GeneralSecurityException {
    return Certificates.selfSigned(Certificates.newKeyPair(), identity, now, SELF_SIGNED_VALIDITY);
  }
}
