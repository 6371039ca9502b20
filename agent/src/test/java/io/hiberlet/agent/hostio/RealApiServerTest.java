package io.hiberlet.agent.hostio;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hiberlet.devcluster.RealControlPlane;
import io.kubernetes.client.openapi.ApiClient;
import io.kubernetes.client.openapi.ApiException;
import io.kubernetes.client.openapi.apis.CoreV1Api;
import io.kubernetes.client.openapi.apis.RbacAuthorizationV1Api;
import io.kubernetes.client.openapi.models.AuthenticationV1TokenRequest;
import io.kubernetes.client.openapi.models.RbacV1Subject;
import io.kubernetes.client.openapi.models.V1ClusterRoleBinding;
import io.kubernetes.client.openapi.models.V1Namespace;
import io.kubernetes.client.openapi.models.V1ObjectMeta;
import io.kubernetes.client.openapi.models.V1RoleRef;
import io.kubernetes.client.openapi.models.V1ServiceAccount;
import io.kubernetes.client.openapi.models.V1TokenRequestSpec;
import io.kubernetes.client.util.Config;
import io.kubernetes.client.util.KubeConfig;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.io.ByteArrayInputStream;
import java.io.Reader;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The real API server over TLS and HTTP/2, as a service account. */
@Tag("cluster")
@Timeout(120)
class RealApiServerTest {
  private static EventLoopGroup loops;
  private static HostIo host;
  private static String namespace;
  private static String token;

  /** A guest's side: operations, and a way to wait for what comes. */
  private static final class TestGuest implements OperationsListener, AutoCloseable {
    private final Semaphore woken = new Semaphore(0);
    private final ControllerOperations operations;

    TestGuest(OperationsState state) {
      operations = host.open(state, () -> CompletableFuture.completedFuture(token), this);
    }

    long request(String method, String target, int flags, String body) {
      String length = body.isEmpty() ? "" : "Content-Length: " + body.length() + "\r\n";
      String type = body.isEmpty() ? "" : "Content-Type: application/json\r\n";
      String message = method + " " + target + " HTTP/1.1\r\n" + length + type + "\r\n" + body;
      return operations.httpRequest(message.getBytes(StandardCharsets.UTF_8), flags);
    }

    Completion next() throws InterruptedException {
      while (true) {
        Completion next = operations.next();
        if (next != null) {
          return next;
        }
        assertTrue(woken.tryAcquire(60, TimeUnit.SECONDS), "nothing came");
      }
    }

    /** Status code and body of a gathered answer. */
    String answer() throws InterruptedException {
      String status = text(next()).split(" ", -1)[1];
      Completion body = next();
      if (body.kind() == Completion.Kind.END) {
        return status;
      }
      assertEquals(Completion.Kind.END, next().kind());
      return status + " " + text(body);
    }

    @Override
    public void completionsWaiting() {
      woken.release();
    }

    @Override
    public void positionMoved(long operation, String resourceVersion) {}

    @Override
    public void close() {
      operations.close();
    }
  }

  @BeforeAll
  static void start() throws Exception {
    Path kubeconfig = RealControlPlane.shared().adminKubeconfig();
    ApiClient admin = Config.fromConfig(kubeconfig.toString());
    namespace = "hostio-" + UUID.randomUUID();
    token = serviceAccountToken(admin);
    loops = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    host =
        new HostIo(
            new HostIoConfig(URI.create(admin.getBasePath()), List.of(ca(kubeconfig))), loops);
  }

  @AfterAll
  static void stop() throws Exception {
    if (host != null) {
      host.close();
    }
    if (loops != null) {
      loops.shutdownGracefully().awaitUninterruptibly();
    }
  }

  @Test
  void requestsActAsTheServiceAccount() throws Exception {
    try (TestGuest guest = new TestGuest(OperationsState.INITIAL)) {
      guest.request("GET", "/version", 0, "");
      assertTrue(guest.answer().startsWith("200 {"));
      assertTrue(create(guest, "acts").startsWith("201 {"));
      assertTrue(create(guest, "acts").startsWith("409 {"));
      guest.request("GET", configMaps() + "/acts", 0, "");
      assertTrue(guest.answer().contains("\"name\":\"acts\""));
    }
  }

  @Test
  void aWatchGoesOnFromItsPositionAfterARestart() throws Exception {
    TestGuest guest = new TestGuest(OperationsState.INITIAL);
    long watch = guest.request("GET", watchFromNow(guest), 1, "");
    assertEquals(Completion.Kind.RESPONSE_HEAD, guest.next().kind());
    try (TestGuest other = new TestGuest(OperationsState.INITIAL)) {
      create(other, "first");
      assertTrue(text(guest.next()).contains("\"name\":\"first\""));
      OperationsState state = guest.operations.capture();
      guest.close();

      create(other, "second");
      other.request("DELETE", configMaps() + "/first", 0, "");
      other.answer();
      try (TestGuest restored = new TestGuest(state)) {
        Completion second = restored.next();
        assertEquals(watch, second.operation());
        assertTrue(text(second).contains("\"name\":\"second\""));
        assertTrue(text(restored.next()).startsWith("{\"type\":\"DELETED\""));
      }
    }
  }

  @Test
  void manyWatchesAtOnce() throws Exception {
    List<TestGuest> guests = new ArrayList<>();
    for (int i = 0; i < 300; i++) {
      TestGuest guest = new TestGuest(OperationsState.INITIAL);
      guests.add(guest);
      guest.request("GET", configMaps() + "?watch=true&fieldSelector=metadata.name=many", 1, "");
    }
    for (TestGuest guest : guests) {
      assertEquals(Completion.Kind.RESPONSE_HEAD, guest.next().kind());
    }
    try (TestGuest other = new TestGuest(OperationsState.INITIAL)) {
      create(other, "many");
    }
    for (TestGuest guest : guests) {
      assertTrue(text(guest.next()).contains("\"name\":\"many\""));
      guest.close();
    }
  }

  @Test
  void aRefusalIsDeliveredAsItIs() throws Exception {
    try (TestGuest guest = new TestGuest(OperationsState.INITIAL)) {
      guest.request("GET", configMaps() + "?watch=true&resourceVersion=nonsense", 1, "");
      assertNotEquals("200", text(guest.next()).split(" ", -1)[1]);
    }
  }

  private static String watchFromNow(TestGuest guest) throws InterruptedException {
    guest.request("GET", configMaps(), 0, "");
    String list = guest.answer();
    String version = list.replaceFirst("(?s).*?\"resourceVersion\":\"(\\d+)\".*", "$1");
    return configMaps() + "?watch=true&resourceVersion=" + version;
  }

  private static String create(TestGuest guest, String name) throws InterruptedException {
    guest.request("POST", configMaps(), 0, "{\"metadata\":{\"name\":\"" + name + "\"}}");
    return guest.answer();
  }

  private static String configMaps() {
    return "/api/v1/namespaces/" + namespace + "/configmaps";
  }

  private static String text(Completion completion) {
    return new String(completion.payload(), StandardCharsets.UTF_8);
  }

  private static String serviceAccountToken(ApiClient admin) throws ApiException {
    CoreV1Api core = new CoreV1Api(admin);
    V1ObjectMeta meta = new V1ObjectMeta().name(namespace);
    core.createNamespace(new V1Namespace().metadata(meta)).execute();
    core.createNamespacedServiceAccount(
            namespace, new V1ServiceAccount().metadata(new V1ObjectMeta().name("guest")))
        .execute();
    new RbacAuthorizationV1Api(admin)
        .createClusterRoleBinding(
            new V1ClusterRoleBinding()
                .metadata(meta)
                .roleRef(
                    new V1RoleRef()
                        .apiGroup("rbac.authorization.k8s.io")
                        .kind("ClusterRole")
                        .name("cluster-admin"))
                .addSubjectsItem(
                    new RbacV1Subject().kind("ServiceAccount").name("guest").namespace(namespace)))
        .execute();
    return core.createNamespacedServiceAccountToken(
            "guest",
            namespace,
            new AuthenticationV1TokenRequest()
                .spec(new V1TokenRequestSpec().audiences(List.of()).expirationSeconds(3600L)))
        .execute()
        .getStatus()
        .getToken();
  }

  private static X509Certificate ca(Path kubeconfig) throws Exception {
    try (Reader reader = Files.newBufferedReader(kubeconfig)) {
      byte[] pem =
          Base64.getDecoder()
              .decode(KubeConfig.loadKubeConfig(reader).getCertificateAuthorityData());
      return (X509Certificate)
          CertificateFactory.getInstance("X.509")
              .generateCertificate(new ByteArrayInputStream(pem));
    }
  }
}
