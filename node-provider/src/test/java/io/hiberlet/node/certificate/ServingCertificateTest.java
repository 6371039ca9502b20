package io.hiberlet.node.certificate;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.hiberlet.node.Await;
import io.hiberlet.node.FakeApiServer;
import io.hiberlet.node.NodeCapacity;
import io.hiberlet.node.NodeOptions;
import io.hiberlet.node.client.ApiServerAccess;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedKeyManager;
import javax.net.ssl.X509TrustManager;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.pkcs.PKCS10CertificationRequest;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ServingCertificateTest {
  private static final String REQUESTS = "/apis/certificates.k8s.io/v1/certificatesigningrequests";
  private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");
  private static final Duration VALIDITY = Duration.ofDays(100);

  @TempDir Path directory;
  private FakeApiServer server;
  private ApiServerAccess access;
  private NodeOptions options;

  @BeforeEach
  void create() throws Exception {
    server = new FakeApiServer();
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
      assertTrue(identity().isNamedBy(served));
      served.checkValidity();
    }
  }

  @Test
  void asksInTheFormThatTheSignerDemands() throws Exception {
    try (var serving = ServingCertificate.open(options, access.client(), at(NOW))) {
      serving.start();
      Await.until("asked", () -> !server.paths(REQUESTS).isEmpty());
      JsonObject spec = request().getAsJsonObject("spec");
      assertEquals("kubernetes.io/kubelet-serving", spec.get("signerName").getAsString());
      assertEquals(
          "[\"digital signature\",\"key encipherment\",\"server auth\"]",
          spec.get("usages").toString());
      PKCS10CertificationRequest request = parse(spec);
      assertEquals(
          new X500Principal("CN=system:node:node,O=system:nodes"),
          new X500Principal(request.getSubject().getEncoded()));
      assertEquals(1, request.getAttributes().length);
    }
  }

  @Test
  void servesKeepsAndReusesTheIssuedCertificate() throws Exception {
    X509Certificate issued = obtain();
    assertEquals(1, server.paths(REQUESTS).size());
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
      Await.until("asked again", () -> server.paths(REQUESTS).size() == 2);
    }
  }

  @Test
  void startsOverWithAnotherKeyWhenDenied() throws Exception {
    try (var serving = ServingCertificate.open(options, access.client(), at(NOW))) {
      serving.start();
      Await.until("asked", () -> !server.paths(REQUESTS).isEmpty());
    }
    var denied = new JsonObject();
    denied.addProperty("type", "Denied");
    denied.addProperty("status", "True");
    setStatus("conditions", denied);
    try (var serving = ServingCertificate.open(options, access.client(), at(NOW))) {
      serving.start();
      Path pending = directory.resolve("pki/kubelet-serving-pending.pem");
      Await.until("key is forgotten", () -> !Files.exists(pending));
    }
    try (var serving = ServingCertificate.open(options, access.client(), at(NOW))) {
      serving.start();
      Await.until("asked again", () -> server.paths(REQUESTS).size() == 2);
    }
  }

  @Test
  void goesOnWithoutFilesThatAreDamaged() throws Exception {
    Files.createDirectories(directory.resolve("pki"));
    Files.writeString(directory.resolve("pki/kubelet-serving.pem"), "-----BEGIN nonsense");
    try (var serving = ServingCertificate.open(options, access.client(), at(NOW))) {
      assertTrue(identity().isNamedBy(current(serving.keyManager())));
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
      Await.until("asked", () -> !server.paths(REQUESTS).isEmpty());
      issued = approve();
    }
    // The node asks every 10 s; a restart asks at once, for the same request.
    try (var serving = ServingCertificate.open(options, access.client(), at(NOW))) {
      serving.start();
      Await.until("issued", () -> current(serving.keyManager()).equals(issued));
    }
    return issued;
  }

  private static KeyMaterial selfSigned() throws Exception {
    return Certificates.selfSigned(Certificates.newKeyPair(), identity(), NOW, Duration.ofDays(1));
  }

  /** Any certificate for the key that was asked for will do; nobody here checks who issued it. */
  private X509Certificate approve() throws Exception {
    var request = new JcaPKCS10CertificationRequest(parse(request().getAsJsonObject("spec")));
    KeyPair signer = Certificates.newKeyPair();
    var keys = new KeyPair(request.getPublicKey(), signer.getPrivate());
    X509Certificate issued = Certificates.selfSigned(keys, identity(), NOW, VALIDITY).certificate();
    var pem = new ByteArrayOutputStream();
    pem.write(Pem.encode("CERTIFICATE", issued.getEncoded()));
    server.change(
        server.paths(REQUESTS).get(0),
        object -> {
          var status = new JsonObject();
          status.addProperty("certificate", Base64.getEncoder().encodeToString(pem.toByteArray()));
          object.add("status", status);
          return object;
        });
    return issued;
  }

  private void setStatus(String list, JsonObject element) {
    server.change(
        server.paths(REQUESTS).get(0),
        object -> {
          var elements = new JsonArray();
          elements.add(element);
          var status = new JsonObject();
          status.add(list, elements);
          object.add("status", status);
          return object;
        });
  }

  private JsonObject request() {
    return server.get(server.paths(REQUESTS).get(0));
  }

  private static PKCS10CertificationRequest parse(JsonObject spec) throws Exception {
    byte[] pem = Base64.getDecoder().decode(spec.get("request").getAsString());
    try (var parser = new PEMParser(new StringReader(new String(pem, US_ASCII)))) {
      return (PKCS10CertificationRequest) parser.readObject();
    }
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

  private static ServingIdentity identity() throws Exception {
    return new ServingIdentity("node", InetAddress.ofLiteral("10.0.0.7"), "host");
  }

  private NodeOptions options(String ip) throws Exception {
    return new NodeOptions(
        "node",
        InetAddress.ofLiteral(ip),
        "host",
        Map.of(),
        new NodeCapacity(1000, 1 << 30, 10),
        "v1.30.0",
        "hiberlet://1",
        directory);
  }

  private static Clock at(Instant instant) {
    return Clock.fixed(instant, ZoneOffset.UTC);
  }
}
