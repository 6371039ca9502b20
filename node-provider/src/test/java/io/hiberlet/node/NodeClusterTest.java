package io.hiberlet.node;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hiberlet.devcluster.RealControlPlane;
import io.hiberlet.node.ContainerReport.Running;
import io.hiberlet.node.ContainerReport.Terminated;
import io.hiberlet.node.PodReport.Phase;
import io.hiberlet.node.PodReporter.EventType;
import io.hiberlet.node.certificate.ServingCertificate;
import io.hiberlet.node.client.ApiServerAccess;
import io.hiberlet.node.client.PodResources;
import io.hiberlet.node.event.EventBacklog;
import io.hiberlet.node.pod.PodCache;
import io.kubernetes.client.custom.Quantity;
import io.kubernetes.client.openapi.ApiException;
import io.kubernetes.client.openapi.apis.CertificatesV1Api;
import io.kubernetes.client.openapi.apis.CoordinationV1Api;
import io.kubernetes.client.openapi.apis.CoreV1Api;
import io.kubernetes.client.openapi.models.CoreV1Event;
import io.kubernetes.client.openapi.models.V1CertificateSigningRequest;
import io.kubernetes.client.openapi.models.V1CertificateSigningRequestCondition;
import io.kubernetes.client.openapi.models.V1CertificateSigningRequestStatus;
import io.kubernetes.client.openapi.models.V1Container;
import io.kubernetes.client.openapi.models.V1DeleteOptions;
import io.kubernetes.client.openapi.models.V1Node;
import io.kubernetes.client.openapi.models.V1ObjectMeta;
import io.kubernetes.client.openapi.models.V1Pod;
import io.kubernetes.client.openapi.models.V1PodSpec;
import io.kubernetes.client.openapi.models.V1PodStatus;
import io.kubernetes.client.openapi.models.V1ProjectedVolumeSource;
import io.kubernetes.client.openapi.models.V1ResourceRequirements;
import io.kubernetes.client.openapi.models.V1ServiceAccountTokenProjection;
import io.kubernetes.client.openapi.models.V1Taint;
import io.kubernetes.client.openapi.models.V1Volume;
import io.kubernetes.client.openapi.models.V1VolumeProjection;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.io.TempDir;

/** The node against a real control plane, with no more rights than {@code system:node:NAME}. */
@Tag("cluster")
class NodeClusterTest {
  private static final String NAMESPACE = "default";
  private static final Instant SINCE = Instant.parse("2026-01-02T03:04:05Z");

  @TempDir Path directory;
  private final FakePodHandler handler = new FakePodHandler();
  private String node;
  private ApiServerAccess admin;
  private ApiServerAccess access;
  private CoreV1Api api;
  private NodeProvider provider;

  @BeforeEach
  void start(TestInfo test) throws Exception {
    RealControlPlane cluster = RealControlPlane.shared();
    node = "node-" + test.getTestMethod().orElseThrow().getName().toLowerCase(Locale.ROOT);
    admin = ApiServerAccess.load(cluster.adminKubeconfig());
    api = new CoreV1Api(admin.client());
    access = ApiServerAccess.load(NodeKubeconfig.write(cluster, node, directory));
    provider = startProvider(handler);
  }

  @AfterEach
  void stop() throws Exception {
    for (V1Pod pod : provider.pods().list()) {
      forceDeleteIfThere(pod);
    }
    provider.close();
    api.deleteNode(node).execute();
    access.close();
    admin.close();
  }

  @Test
  void registers() throws ApiException {
    Await.until("Ready", () -> "True".equals(condition("Ready")));
    V1Node registered = api.readNode(node).execute();
    assertEquals("wasm", registered.getMetadata().getLabels().get("hiberlet.io/runtime"));
    assertEquals("linux", registered.getMetadata().getLabels().get("kubernetes.io/os"));
    assertTrue(
        registered
            .getSpec()
            .getTaints()
            .contains(new V1Taint().key("hiberlet.io/runtime").value("wasm").effect("NoSchedule")));
    assertEquals("1500m", registered.getStatus().getAllocatable().get("cpu").toSuffixedString());
    assertTrue(registered.getStatus().getCapacity().containsKey("ephemeral-storage"));
    assertEquals(
        10_250, registered.getStatus().getDaemonEndpoints().getKubeletEndpoint().getPort());
    assertEquals("False", condition("MemoryPressure"));
    assertEquals("v1.30.0-hiberlet", registered.getStatus().getNodeInfo().getKubeletVersion());
  }

  @Test
  void keepsLeaseAndWhatOthersWrote() throws ApiException {
    var leases = new CoordinationV1Api(admin.client());
    V1Node registered = api.readNode(node).execute();
    registered.getMetadata().putLabelsItem("example.com/shelf", "3");
    registered.getSpec().setUnschedulable(true);
    api.replaceNode(node, registered).execute();

    var first = leases.readNamespacedLease(node, "kube-node-lease").execute();
    assertEquals(40, first.getSpec().getLeaseDurationSeconds());
    assertEquals(
        registered.getMetadata().getUid(),
        first.getMetadata().getOwnerReferences().get(0).getUid());
    Await.until(
        "renewed",
        () ->
            leases
                .readNamespacedLease(node, "kube-node-lease")
                .execute()
                .getSpec()
                .getRenewTime()
                .isAfter(first.getSpec().getRenewTime()));
    V1Node later = api.readNode(node).execute();
    assertEquals("3", later.getMetadata().getLabels().get("example.com/shelf"));
    assertEquals(true, later.getSpec().getUnschedulable());
  }

  @Test
  void registersAgainAfterTheNodeWasDeleted() throws ApiException {
    String uid = api.readNode(node).execute().getMetadata().getUid();
    api.deleteNode(node).execute();
    Await.until(
        "a new Node", () -> !uid.equals(api.readNode(node).execute().getMetadata().getUid()));
    Await.until("Ready", () -> "True".equals(condition("Ready")));
  }

  @Test
  void runsPodToItsGracefulEnd() throws ApiException {
    var ended = new CompletableFuture<Void>();
    handler.onTerminate(termination -> ended);
    V1Pod pod = createPod("graceful");
    PodReporter reporter = handler.reporterOf(PodCache.keyOf(pod));
    reporter.report(running());
    reporter.event(EventType.NORMAL, "Started", "Started container \"main\"");
    reporter.event(EventType.NORMAL, "Started", "Started container \"main\"");

    Await.until("Running", () -> "Running".equals(status("graceful").getPhase()));
    V1PodStatus status = status("graceful");
    assertEquals("127.0.0.1", status.getPodIP());
    assertEquals("Burstable", status.getQosClass());
    assertEquals("sha256:abc", status.getContainerStatuses().get(0).getImageID());
    assertEquals(true, status.getContainerStatuses().get(0).getStarted());
    assertTrue(
        status.getConditions().stream()
            .anyMatch(c -> c.getType().equals("Ready") && c.getStatus().equals("True")));
    Await.until(
        "the event is counted twice",
        () -> events(pod, "Started").stream().anyMatch(event -> event.getCount() == 2));
    assertEquals(1, events(pod, "Started").size());

    api.deleteNamespacedPod("graceful", NAMESPACE).gracePeriodSeconds(7).execute();
    Await.until("asked to end", () -> !handler.terminations().isEmpty());
    assertEquals(Duration.ofSeconds(7), handler.terminations().get(0).grace());
    assertEquals("Running", status("graceful").getPhase());
    ended.complete(null);
    Await.until("gone", () -> !exists("graceful"));
  }

  @Test
  void doesNotStartAgainWhatHasEnded() throws Exception {
    V1Pod pod = createPod("over");
    handler
        .reporterOf(PodCache.keyOf(pod))
        .report(
            new PodReport(
                Phase.SUCCEEDED,
                null,
                null,
                List.of(
                    new ContainerReport(
                        "main",
                        new Terminated(0, "Completed", null, SINCE, SINCE),
                        false,
                        false,
                        0,
                        null,
                        null)),
                List.of()));
    Await.until("Succeeded", () -> "Succeeded".equals(status("over").getPhase()));
    provider.close();
    var next = new FakePodHandler();
    provider = startProvider(next);
    V1Pod other = createPod("other");
    next.reporterOf(PodCache.keyOf(other));
    assertEquals(1, next.synced().size());
  }

  @Test
  void adoptsPodsAfterRestart() throws Exception {
    V1Pod stays = createPod("stays");
    V1Pod goes = createPod("goes");
    handler.reporterOf(PodCache.keyOf(stays)).report(running());
    handler.reporterOf(PodCache.keyOf(goes)).report(running());
    Await.until("Running", () -> "Running".equals(status("stays").getPhase()));
    var startTime = status("stays").getStartTime();
    provider.close();
    forceDelete(goes);
    V1Pod reused = createPod("goes");

    var next = new FakePodHandler();
    next.remember(PodCache.keyOf(stays));
    next.remember(PodCache.keyOf(goes));
    provider = startProvider(next);
    next.reporterOf(PodCache.keyOf(stays)).report(running());
    next.reporterOf(PodCache.keyOf(reused));
    Await.until("the deleted pod is ended", () -> !next.terminations().isEmpty());
    assertEquals(
        List.of(new FakePodHandler.Termination(PodCache.keyOf(goes), Duration.ZERO)),
        next.terminations());
    assertEquals(startTime, status("stays").getStartTime());
    assertNotEquals(goes.getMetadata().getUid(), reused.getMetadata().getUid());
  }

  @Test
  void asksForTokensOfItsPods() throws Exception {
    V1Pod holder = pod("holder");
    holder.getSpec().addVolumesItem(projectedToken("vault.example"));
    V1Pod pod = api.createNamespacedPod(NAMESPACE, holder).execute();
    var resources = new PodResources(access.client());
    // The authorizer learns of a pod by a watch of its own.
    Await.until(
        "granted",
        () ->
            resources
                .requestToken(PodCache.keyOf(pod), "default", Duration.ofMinutes(20))
                .expiresAt()
                .isAfter(Instant.now()));
    String forOthers =
        resources
            .requestToken(
                PodCache.keyOf(pod), "default", Duration.ofMinutes(10), List.of("vault.example"))
            .value();
    String claims = new String(Base64.getUrlDecoder().decode(forOthers.split("\\.", -1)[1]), UTF_8);
    assertTrue(claims.contains("\"aud\":[\"vault.example\"]"), claims);
    assertTrue(claims.contains(pod.getMetadata().getUid()), claims);
  }

  /** A node gets tokens only for audiences that a volume of the pod names (Kubernetes 1.33). */
  private static V1Volume projectedToken(String audience) {
    var token = new V1ServiceAccountTokenProjection().audience(audience).path("token");
    var projection = new V1VolumeProjection().serviceAccountToken(token);
    return new V1Volume()
        .name("token")
        .projected(new V1ProjectedVolumeSource().addSourcesItem(projection));
  }

  @Test
  void servesWithACertificateOfTheClusterOnceApproved() throws Exception {
    var requests = new CertificatesV1Api(admin.client());
    X509Certificate authority = admin.certificateAuthorities().get(0);
    X509Certificate issued;
    try (var serving = ServingCertificate.open(options(), access.client(), Clock.systemUTC())) {
      serving.start();
      Await.until("requested", () -> approve(requests));
      Await.until("issued", () -> isIssuedBy(authority, current(serving)));
      issued = current(serving);
    }
    issued.verify(authority.getPublicKey());
    assertTrue(issued.getExtendedKeyUsage().contains("1.3.6.1.5.5.7.3.1"), "server auth");
    try (var again = ServingCertificate.open(options(), access.client(), Clock.systemUTC())) {
      assertEquals(issued, current(again));
    }
  }

  private boolean approve(CertificatesV1Api requests) throws ApiException {
    for (V1CertificateSigningRequest request :
        requests.listCertificateSigningRequest().execute().getItems()) {
      if (("system:node:" + node).equals(request.getSpec().getUsername())) {
        request.setStatus(
            new V1CertificateSigningRequestStatus()
                .addConditionsItem(
                    new V1CertificateSigningRequestCondition().type("Approved").status("True")));
        requests
            .replaceCertificateSigningRequestApproval(request.getMetadata().getName(), request)
            .execute();
        return true;
      }
    }
    return false;
  }

  private static boolean isIssuedBy(X509Certificate authority, X509Certificate certificate) {
    return certificate.getIssuerX500Principal().equals(authority.getSubjectX500Principal());
  }

  private static X509Certificate current(ServingCertificate serving) {
    var manager = serving.keyManager();
    return manager.getCertificateChain(manager.chooseEngineServerAlias("EC", null, null))[0];
  }

  private NodeOptions options() throws Exception {
    return TestNode.options(node, "127.0.0.1", new NodeCapacity(1500, 512L << 20, 100), directory);
  }

  private NodeProvider startProvider(PodHandler podHandler) throws Exception {
    var started = new NodeProvider(options(), access, podHandler, List::of, EventBacklog.NONE);
    started.start(10_250);
    assertTrue(started.awaitReady(Duration.ofSeconds(60)), "not ready in time");
    return started;
  }

  private V1Pod createPod(String name) throws ApiException {
    return api.createNamespacedPod(NAMESPACE, pod(name)).execute();
  }

  private V1Pod pod(String name) {
    var container = new V1Container().name("main").image("example.com/wasm:1");
    container.resources(
        new V1ResourceRequirements().putRequestsItem("cpu", Quantity.fromString("1m")));
    return new V1Pod()
        .metadata(new V1ObjectMeta().name(name))
        .spec(new V1PodSpec().nodeName(node).overhead(null).addContainersItem(container));
  }

  private static PodReport running() {
    return new PodReport(
        Phase.RUNNING,
        null,
        null,
        List.of(new ContainerReport("main", new Running(SINCE), true, true, 0, "sha256:abc", null)),
        List.of(new PodReport.Condition("hiberlet.io/Hibernated", false, "Awake", null)));
  }

  private V1PodStatus status(String name) throws ApiException {
    return api.readNamespacedPod(name, NAMESPACE).execute().getStatus();
  }

  private boolean exists(String name) throws ApiException {
    try {
      api.readNamespacedPod(name, NAMESPACE).execute();
      return true;
    } catch (ApiException e) {
      assertEquals(404, e.getCode());
      return false;
    }
  }

  private List<CoreV1Event> events(V1Pod pod, String reason) throws ApiException {
    return api.listNamespacedEvent(NAMESPACE).execute().getItems().stream()
        .filter(event -> pod.getMetadata().getUid().equals(event.getInvolvedObject().getUid()))
        .filter(event -> reason.equals(event.getReason()))
        .toList();
  }

  private String condition(String type) throws ApiException {
    return api.readNode(node).execute().getStatus().getConditions().stream()
        .filter(condition -> condition.getType().equals(type))
        .findFirst()
        .orElseThrow()
        .getStatus();
  }

  /** The node may not have heard yet that a pod of its list is gone. */
  private void forceDeleteIfThere(V1Pod pod) throws ApiException {
    try {
      forceDelete(pod);
    } catch (ApiException e) {
      if (e.getCode() != 404) {
        throw e;
      }
    }
  }

  private void forceDelete(V1Pod pod) throws ApiException {
    api.deleteNamespacedPod(pod.getMetadata().getName(), NAMESPACE)
        .body(new V1DeleteOptions().gracePeriodSeconds(0L))
        .execute();
  }
}
