package io.hiberlet.node.certificate;

import io.hiberlet.node.certificate.SigningRequests.Answer;
import io.hiberlet.node.task.Backoff;
import io.hiberlet.node.task.RepeatedTask;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps one certificate of the cluster current: asks for it when there is none and again before it
 * ends, waits for the approval, stores it with its key, and hands it to whoever uses it. A request
 * that is refused is followed by another one, with another key, after a growing wait. A restart
 * goes on with the request that is open.
 *
 * <p>{@link #useUntilRenewal} belongs to the thread that constructs, before {@link #start};
 * everything after that happens on the task's thread.
 */
final class RotatingCertificate implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(RotatingCertificate.class);

  /** An approval by rule comes at once, one by hand when somebody finds the time. */
  private static final Duration FIRST_POLL = Duration.ofSeconds(1);

  private static final Duration SLOWEST_POLL = Duration.ofSeconds(30);
  private static final Duration FIRST_RETRY = Duration.ofMinutes(1);
  private static final Duration SLOWEST_RETRY = Duration.ofHours(1);

  /** Of a certificate that is issued so short that it is to be renewed at once. */
  private static final Duration LEAST_REST = Duration.ofSeconds(10);

  /** The clock of a small device may jump by years when it first hears of the time. */
  private static final Duration LONGEST_REST = Duration.ofMinutes(1);

  /** Whom to ask. */
  @FunctionalInterface
  interface Authority {
    /** As {@link SigningRequests#ask}; what it throws is told, and tried again. */
    Answer ask(KeyPair keys, CertificateProfile profile) throws Exception;
  }

  /** Whoever shows the certificate to others. */
  @FunctionalInterface
  interface User {
    /** From now on this one is current. It is stored already; a failure is tried again. */
    void use(KeyMaterial material) throws IOException, GeneralSecurityException;
  }

  private final CertificateProfile profile;
  private final CertificateDirectory store;
  private final Authority authority;
  private final User user;
  private final Clock clock;
  private final RandomGenerator random;
  private final RepeatedTask task;
  private final Backoff polls;
  private final Backoff retries;
  private Instant renewal = Instant.EPOCH;
  private String waitingFor = "";
  private boolean announced;

  RotatingCertificate(
      CertificateProfile profile,
      CertificateDirectory store,
      Authority authority,
      User user,
      Clock clock,
      RandomGenerator random) {
    this.profile = profile;
    this.store = store;
    this.authority = authority;
    this.user = user;
    this.clock = clock;
    this.random = random;
    this.polls = new Backoff(FIRST_POLL, SLOWEST_POLL, random);
    this.retries = new Backoff(FIRST_RETRY, SLOWEST_RETRY, random);
    this.task = new RepeatedTask(profile.name() + " certificate", this::keepCurrent);
  }

  /** What was issued earlier, if it still serves. */
  Optional<KeyMaterial> stored() {
    return store.certificate().filter(material -> isUsable(material.certificate()));
  }

  /** Whether a certificate is for this node and has not ended. */
  boolean isUsable(X509Certificate certificate) {
    return profile.fits(certificate) && clock.instant().isBefore(end(certificate));
  }

  /** There is one already; without this call one is asked for at once. */
  void useUntilRenewal(X509Certificate certificate) {
    renewal = renewal(certificate);
  }

  /** To be called once. */
  void start() {
    task.start();
  }

  @Override
  public void close() {
    task.close();
  }

  /**
   * One round of the task.
   *
   * @return how long to rest
   */
  Duration keepCurrent() throws Exception {
    Duration rest = Duration.between(clock.instant(), renewal);
    if (rest.isPositive()) {
      return rest.compareTo(LONGEST_REST) < 0 ? rest : LONGEST_REST;
    }
    KeyPair keys = pendingKey();
    return switch (authority.ask(keys, profile)) {
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
    X509Certificate certificate = material.certificate();
    if (!certificate.getPublicKey().equals(keys.getPublic()) || !isUsable(certificate)) {
      return startOver(
          new Answer.Refused(
              issued.request(),
              "the certificate issued is not what was asked for, or has ended: "
                  + certificate.getSubjectX500Principal()
                  + " until "
                  + end(certificate)));
    }
    store.keep(material);
    user.use(material);
    store.forgetPendingKey();
    renewal = renewal(certificate);
    polls.reset();
    retries.reset();
    log.atInfo()
        .addKeyValue("certificate", profile.name())
        .addKeyValue("issuer", certificate.getIssuerX500Principal())
        .addKeyValue("until", end(certificate))
        .addKeyValue("renewal", renewal)
        .log("The cluster issued a certificate");
    return LEAST_REST;
  }

  /** Told once a request, when it was not approved at once by a rule. */
  private Duration await(Answer.Pending pending) {
    if (!waitingFor.equals(pending.request())) {
      waitingFor = pending.request();
      announced = false;
    } else if (!announced) {
      announced = true;
      log.atInfo()
          .addKeyValue("certificate", profile.name())
          .log("Waiting for approval: kubectl certificate approve {}", pending.request());
    }
    return polls.next();
  }

  private Duration startOver(Answer.Refused refused) throws IOException {
    store.forgetPendingKey();
    polls.reset();
    Duration wait = retries.next();
    log.atWarn()
        .addKeyValue("certificate", profile.name())
        .addKeyValue("request", refused.request())
        .addKeyValue("why", refused.why())
        .addKeyValue("retryInSeconds", wait.toSeconds())
        .log("The cluster refuses a certificate; will ask again");
    return wait;
  }

  /**
   * After 70 to 90 % of its life, as the kubelet does: nodes that joined together do not renew
   * together.
   */
  private Instant renewal(X509Certificate certificate) {
    Instant begin = certificate.getNotBefore().toInstant();
    double part = 0.7 + 0.2 * random.nextDouble();
    long millis = (long) (Duration.between(begin, end(certificate)).toMillis() * part);
    return begin.plusMillis(millis);
  }

  private static Instant end(X509Certificate certificate) {
    return certificate.getNotAfter().toInstant();
  }
}
