package io.hiberlet.node.certificate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import io.hiberlet.node.Await;
import io.hiberlet.node.FakeApiServer;
import io.hiberlet.node.FakeApiServer.Request;
import io.hiberlet.node.client.ApiServerAccess;
import io.hiberlet.node.client.KubeconfigException;
import io.kubernetes.client.openapi.ApiException;
import io.kubernetes.client.openapi.apis.VersionApi;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.pkcs.PKCS10CertificationRequest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NodeIdentityTest {
  private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");
  private static final Duration VALIDITY = Duration.ofDays(100);
  private static final Instant LATE = NOW.plus(VALIDITY.multipliedBy(95).dividedBy(100));
  private static final Instant OVER = NOW.plus(VALIDITY).plusSeconds(1);
  private static final String TOKEN = "Bearer secret";

  @TempDir Path directory;
  private Path data;
  private Path kubeconfig;
  private Path bootstrap;
  private FakeApiServer server;
  private FakeSigner signer;

  @BeforeEach
  void create() throws Exception {
    server = new FakeApiServer();
    signer = new FakeSigner(server);
    server.access(directory).close();
    bootstrap = directory.resolve("kubeconfig");
    data = Files.createDirectory(directory.resolve("data"));
    kubeconfig = data.resolve("kubeconfig");
  }

  @AfterEach
  void close() {
    server.close();
  }

  @Test
  void asksAsTheKubeletDoes() throws Exception {
    try (var identity = open(NOW)) {
      identity.start();
      Await.until("asked", () -> !signer.requests().isEmpty());
      JsonObject spec = signer.latest().getAsJsonObject("spec");
      assertEquals(
          "kubernetes.io/kube-apiserver-client-kubelet", spec.get("signerName").getAsString());
      assertEquals(
          "[\"digital signature\",\"key encipherment\",\"client auth\"]",
          spec.get("usages").toString());
      PKCS10CertificationRequest request = FakeSigner.parse(spec);
      assertEquals(
          new X500Principal("CN=system:node:node,O=system:nodes"),
          new X500Principal(request.getSubject().getEncoded()));
      assertEquals(0, request.getAttributes().length, "the signer refuses alternative names");
      assertEquals(TOKEN, request("POST", 0).authorization());
    }
  }

  @Test
  void sendsNothingElseBeforeItHasItsCertificate() throws Exception {
    try (var identity = open(NOW)) {
      var version = new VersionApi(identity.access().client());
      var e = assertThrows(ApiException.class, () -> version.getCode().execute());
      assertTrue(e.getMessage().contains("no valid client certificate yet"), e.getMessage());
      assertEquals(1, identity.obtained().getCount());
      assertTrue(server.requests().isEmpty());
    }
  }

  @Test
  void writesItsKubeconfigWhenApprovedAndNeedsTheBootstrapNoMore() throws Exception {
    join();
    Path pem = data.resolve("pki/kubelet-client.pem");
    for (Path secret : new Path[] {kubeconfig, pem}) {
      assertEquals(
          "rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(secret)));
    }
    assertFalse(Files.readString(kubeconfig).contains("PRIVATE KEY"));
    assertFalse(Files.exists(data.resolve("pki/kubelet-client-pending.pem")));

    Files.delete(bootstrap);
    int before = server.requests().size();
    try (var identity = open(NOW)) {
      identity.start();
      assertEquals(0, identity.obtained().getCount());
      assertEquals(before, server.requests().size());
      server.put("/version/", "{\"metadata\": {}, \"gitVersion\": \"v1.30.0\"}");
      new VersionApi(identity.access().client()).getCode().execute();
      assertEquals("", server.requests().getLast().authorization(), "the token is not used");
    }
    // Whoever takes the bootstrap out of the configuration keeps the node.
    ApiServerAccess.load(kubeconfig).close();
  }

  @Test
  void renewsBeforeTheEndWithItsCertificateNotWithTheToken() throws Exception {
    join();
    String first = Files.readString(data.resolve("pki/kubelet-client.pem"));
    Files.delete(bootstrap);
    try (var identity = open(LATE)) {
      assertEquals(0, identity.obtained().getCount());
      identity.start();
      Await.until("asked again", () -> signer.requests().size() == 2);
      assertEquals("", request("POST", 1).authorization());
      signer.approve(profile("node"), LATE, VALIDITY);
      Await.until(
          "renewed", () -> !first.equals(Files.readString(data.resolve("pki/kubelet-client.pem"))));
    }
  }

  @Test
  void joinsAnewWhenTheCertificateHasEnded() throws Exception {
    join();
    try (var identity = open(OVER)) {
      assertEquals(1, identity.obtained().getCount());
      identity.start();
      Await.until("asked again", () -> signer.requests().size() == 2);
      assertEquals(TOKEN, request("POST", 1).authorization());
      signer.approve(profile("node"), OVER, VALIDITY);
      assertTrue(identity.obtained().await(60, TimeUnit.SECONDS));
    }
  }

  @Test
  void joinsAnewUnderAnotherNameOrWithADamagedKubeconfig() throws Exception {
    join();
    try (var identity =
        NodeIdentity.open("other", kubeconfig, Optional.of(bootstrap), data, at(NOW))) {
      assertEquals(1, identity.obtained().getCount());
    }
    Files.writeString(kubeconfig, "current-context: nowhere");
    try (var identity = open(NOW)) {
      assertEquals(1, identity.obtained().getCount());
    }
  }

  @Test
  void asksAgainWithAnotherKeyWhenDenied() throws Exception {
    try (var identity = open(NOW)) {
      identity.start();
      Await.until("asked", () -> !signer.requests().isEmpty());
      Path pending = data.resolve("pki/kubelet-client-pending.pem");
      signer.deny("who are you?");
      Await.until("the key is forgotten", () -> !Files.exists(pending));
    }
    join();
    assertEquals(2, signer.requests().size(), "requests are named after their keys");
  }

  @Test
  void goesOnAskingWhileItsTokenIsRefused() throws Exception {
    server.failOnce(any -> true, 401);
    server.failOnce(any -> true, 503);
    join();
    assertEquals(1, signer.requests().size());
  }

  @Test
  void asksForACertificateThatIsWhatItWantsUntilItGetsThat() throws Exception {
    try (var identity = open(NOW)) {
      identity.start();
      Await.until("asked", () -> !signer.requests().isEmpty());
      signer.approve(profile("somebody-else"), NOW, VALIDITY);
      Path pending = data.resolve("pki/kubelet-client-pending.pem");
      Await.until("the key is forgotten", () -> !Files.exists(pending));
      assertEquals(1, identity.obtained().getCount());
      assertFalse(Files.exists(kubeconfig));
    }
  }

  @Test
  void saysWhatIsMissing() {
    Path nowhere = directory.resolve("nowhere");
    var e =
        assertThrows(
            KubeconfigException.class,
            () -> NodeIdentity.open("node", kubeconfig, Optional.of(nowhere), data, at(NOW)));
    assertEquals("kubeconfig " + nowhere + ": there is no such file", e.getMessage());
  }

  private void join() throws Exception {
    try (var identity = open(NOW)) {
      int before = signer.requests().size();
      identity.start();
      Await.until("asked", () -> signer.requests().size() > before);
      signer.approve(profile("node"), NOW, VALIDITY);
      Await.until("joined", () -> identity.obtained().getCount() == 0);
    }
  }

  private NodeIdentity open(Instant now) throws Exception {
    return NodeIdentity.open("node", kubeconfig, Optional.of(bootstrap), data, at(now));
  }

  private Request request(String method, int which) {
    return server.requests().stream()
        .filter(request -> request.is(method, FakeSigner.COLLECTION))
        .toList()
        .get(which);
  }

  private static CertificateProfile profile(String node) {
    return CertificateProfile.client(node);
  }

  private static Clock at(Instant instant) {
    return Clock.fixed(instant, ZoneOffset.UTC);
  }
}
