package io.hiberlet.node.certificate;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import io.hiberlet.node.Await;
import io.hiberlet.node.FakeApiServer;
import io.hiberlet.node.NodeCapacity;
import io.hiberlet.node.NodeOptions;
import io.hiberlet.node.TestNode;
import io.hiberlet.node.client.ApiServerAccess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedKeyManager;
import javax.net.ssl.X509TrustManager;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.pkcs.PKCS10CertificationRequest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ServingCertificateTest {
  private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");
  private static final Duration VALIDITY = Duration.ofDays(100);

  @TempDir Path directory;
  private FakeApiServer server;
  private FakeSigner signer;
  private ApiServerAccess access;
  private NodeOptions options;

  @BeforeEach
  void create() throws Exception {
    server = new FakeApiServer();
    signer = new FakeSigner(server);
    access = server.access(directory);
    options = options("10.0.0.7");
  }

  @AfterEach
  void close() {
    access.close();
    server.close();
  }

  @Test
  void servesSelfSignedAtOnce() throws Exception {
    try (var serving = ServingCertificate.open(options, access.client(), Clock.systemUTC())) {
      X509Certificate served = handshake(serving.keyManager());
      assertEquals(served.getSubjectX500Principal(), served.getIssuerX500Principal());
      assertTrue(identity().fits(served));
      served.checkValidity();
    }
  }

  @Test
  void asksInTheFormThatTheSignerDemands() throws Exception {
    try (var serving = ServingCertificate.open(options, access.client(), at(NOW))) {
      serving.start();
      Await.until("asked", () -> !signer.requests().isEmpty());
      JsonObject spec = signer.latest().getAsJsonObject("spec");
      assertEquals("kubernetes.io/kubelet-serving", spec.get("signerName").getAsString());
      assertEquals(
          "[\"digital signature\",\"key encipherment\",\"server auth\"]",
          spec.get("usages").toString());
      PKCS10CertificationRequest request = FakeSigner.parse(spec);
      assertEquals(
          new X500Principal("CN=system:node:node,O=system:nodes"),
          new X500Principal(request.getSubject().getEncoded()));
      assertEquals(1, request.getAttributes().length);
    }
  }

  @Test
  void servesKeepsAndReusesTheIssuedCertificate() throws Exception {
    X509Certificate issued = obtain();
    assertEquals(1, signer.requests().size());
    Path file = directory.resolve("pki/kubelet-serving.pem");
    assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
    try (var serving = ServingCertificate.open(options, access.client(), at(NOW))) {
      assertEquals(issued, current(serving.keyManager()));
    }
    Instant expired = NOW.plus(VALIDITY).plusSeconds(1);
    try (var serving = ServingCertificate.open(options, access.client(), at(expired))) {
      assertNotEquals(issued, current(serving.keyManager()));
    }
    try (var serving = ServingCertificate.open(options("10.0.0.8"), access.client(), at(NOW))) {
      assertNotEquals(issued, current(serving.keyManager()));
    }
  }

  @Test
  void renewsBeforeTheEnd() throws Exception {
    obtain();
    Instant late = NOW.plus(VALIDITY.multipliedBy(9).dividedBy(10));
    try (var serving = ServingCertificate.open(options, access.client(), at(late))) {
      serving.start();
      Await.until("asked again", () -> signer.requests().size() == 2);
    }
  }

  @Test
  void startsOverWithAnotherKeyWhenDenied() throws Exception {
    try (var serving = ServingCertificate.open(options, access.client(), at(NOW))) {
      serving.start();
      Await.until("asked", () -> !signer.requests().isEmpty());
    }
    signer.deny("not today");
    try (var serving = ServingCertificate.open(options, access.client(), at(NOW))) {
      serving.start();
      Path pending = directory.resolve("pki/kubelet-serving-pending.pem");
      Await.until("key is forgotten", () -> !Files.exists(pending));
    }
    try (var serving = ServingCertificate.open(options, access.client(), at(NOW))) {
      serving.start();
      Await.until("asked again", () -> signer.requests().size() == 2);
    }
  }

  @Test
  void goesOnWithoutFilesThatAreDamaged() throws Exception {
    Files.createDirectories(directory.resolve("pki"));
    Files.writeString(directory.resolve("pki/kubelet-serving.pem"), "-----BEGIN nonsense");
    try (var serving = ServingCertificate.open(options, access.client(), at(NOW))) {
      assertTrue(identity().fits(current(serving.keyManager())));
    }
  }

  @Test
  void aHandshakeEndsWithWhatItBeganWith() throws Exception {
    var first = selfSigned();
    var manager = new ReloadingKeyManager(first);
    String alias = manager.chooseEngineServerAlias("EC", null, null);
    manager.serve(selfSigned());
    assertEquals(first.key(), manager.getPrivateKey(alias));
    assertArrayEquals(
        first.chain().toArray(new X509Certificate[0]), manager.getCertificateChain(alias));
    manager.serve(selfSigned());
    assertNull(manager.getPrivateKey(alias));
    assertNull(manager.chooseEngineServerAlias("RSA", null, null));
  }

  private X509Certificate obtain() throws Exception {
    X509Certificate issued;
    try (var serving = ServingCertificate.open(options, access.client(), at(NOW))) {
      serving.start();
      Await.until("asked", () -> !signer.requests().isEmpty());
      issued = signer.approve(identity(), NOW, VALIDITY);
    }
    // A restart asks at once, for the same request.
    try (var serving = ServingCertificate.open(options, access.client(), at(NOW))) {
      serving.start();
      Await.until("issued", () -> current(serving.keyManager()).equals(issued));
    }
    return issued;
  }

  private static KeyMaterial selfSigned() throws Exception {
    return Certificates.selfSigned(Certificates.newKeyPair(), identity(), NOW, Duration.ofDays(1));
  }

  private static X509Certificate current(X509ExtendedKeyManager manager) {
    return manager.getCertificateChain(manager.chooseEngineServerAlias("EC", null, null))[0];
  }

  /** What a TLS client is shown. */
  private static X509Certificate handshake(X509ExtendedKeyManager manager) throws Exception {
    var serverSide = SSLContext.getInstance("TLS");
    serverSide.init(new KeyManager[] {manager}, null, new SecureRandom());
    var clientSide = SSLContext.getInstance("TLS");
    clientSide.init(null, new TrustManager[] {new TrustingAnybody()}, new SecureRandom());
    try (var listener =
        serverSide
            .getServerSocketFactory()
            .createServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      Thread accepting =
          Thread.ofVirtual()
              .start(
                  () -> {
                    try (var socket = (SSLSocket) listener.accept()) {
                      socket.startHandshake();
                    } catch (IOException e) {
                      throw new UncheckedIOException(e);
                    }
                  });
      try (var socket =
          (SSLSocket)
              clientSide
                  .getSocketFactory()
                  .createSocket(InetAddress.getLoopbackAddress(), listener.getLocalPort())) {
        socket.startHandshake();
        accepting.join();
        return (X509Certificate) socket.getSession().getPeerCertificates()[0];
      }
    }
  }

  private static final class TrustingAnybody implements X509TrustManager {
    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType) {}

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return List.<X509Certificate>of().toArray(new X509Certificate[0]);
    }
  }

  private static CertificateProfile identity() throws Exception {
    return CertificateProfile.serving("node", InetAddress.ofLiteral("10.0.0.7"), "host");
  }

  private NodeOptions options(String ip) throws Exception {
    return TestNode.options("node", ip, new NodeCapacity(1000, 1 << 30, 10), directory);
  }

  private static Clock at(Instant instant) {
    return Clock.fixed(instant, ZoneOffset.UTC);
  }
}
