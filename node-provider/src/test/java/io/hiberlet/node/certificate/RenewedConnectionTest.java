package io.hiberlet.node.certificate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.google.gson.reflect.TypeToken;
import io.hiberlet.devcluster.DevCluster;
import io.hiberlet.devcluster.DevClusterOptions;
import io.hiberlet.node.client.ApiServerAccess;
import io.kubernetes.client.openapi.apis.CertificatesV1Api;
import io.kubernetes.client.openapi.apis.CoreV1Api;
import io.kubernetes.client.openapi.models.V1CertificateSigningRequest;
import io.kubernetes.client.openapi.models.V1Container;
import io.kubernetes.client.openapi.models.V1ObjectMeta;
import io.kubernetes.client.openapi.models.V1Pod;
import io.kubernetes.client.openapi.models.V1PodSpec;
import io.kubernetes.client.util.Watch;
import java.nio.file.Path;
import java.security.KeyPair;
import java.time.Clock;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The client's side of a renewal, over TLS. */
class RenewedConnectionTest {
  @TempDir Path directory;

  @Test
  void newRequestsShowTheNewCertificateAndWatchesGoOn() throws Exception {
    try (DevCluster cluster = DevCluster.start(DevClusterOptions.in(directory.resolve("cluster")));
        ApiServerAccess admin = ApiServerAccess.load(cluster.adminKubeconfig());
        NodeIdentity first = join(cluster, "first");
        NodeIdentity second = join(cluster, "second")) {
      ApiServerAccess access = first.access();
      assertEquals("system:node:first", whoAsks(access, admin));
      try (Watch<JsonObject> watch = watchPods(access, "first")) {
        KeyMaterial other = material("second");
        access.authenticateWith(other.key(), other.chain());

        assertEquals("system:node:second", whoAsks(access, admin));
        createPod(admin, "first");
        assertTrue(watch.hasNext(), "the watch is open");
        assertEquals("ADDED", watch.next().type);
      }
      assertEquals("system:node:second", whoAsks(second.access(), admin));
    }
  }

  private NodeIdentity join(DevCluster cluster, String node) throws Exception {
    Path data = directory.resolve(node);
    NodeIdentity identity =
        NodeIdentity.open(
            node,
            data.resolve("kubeconfig"),
            Optional.of(cluster.bootstrapKubeconfig()),
            data,
            Clock.systemUTC());
    identity.start();
    assertTrue(identity.obtained().await(60, TimeUnit.SECONDS), "joined");
    return identity;
  }

  private KeyMaterial material(String node) throws Exception {
    String name = CertificateProfile.client(node).name();
    Path folder = directory.resolve(node).resolve("pki");
    return new CertificateDirectory(folder, name).certificate().orElseThrow();
  }

  /** The API server writes down who asked for a certificate. */
  private static String whoAsks(ApiServerAccess access, ApiServerAccess admin) throws Exception {
    KeyPair keys = Certificates.newKeyPair();
    var requests = new SigningRequests(access.client());
    var answer =
        (SigningRequests.Answer.Pending) requests.ask(keys, CertificateProfile.client("any"));
    V1CertificateSigningRequest request =
        new CertificatesV1Api(admin.client())
            .readCertificateSigningRequest(answer.request())
            .execute();
    return request.getSpec().getUsername();
  }

  private static Watch<JsonObject> watchPods(ApiServerAccess access, String node) throws Exception {
    var call =
        new CoreV1Api(access.client())
            .listPodForAllNamespaces()
            .fieldSelector("spec.nodeName=" + node)
            .watch(true)
            .buildCall(null);
    return Watch.createWatch(
        access.client(), call, new TypeToken<Watch.Response<JsonObject>>() {}.getType());
  }

  private static void createPod(ApiServerAccess admin, String node) throws Exception {
    var pod =
        new V1Pod()
            .metadata(new V1ObjectMeta().name("any"))
            .spec(
                new V1PodSpec()
                    .nodeName(node)
                    .overhead(null)
                    .addContainersItem(new V1Container().name("main").image("none")));
    new CoreV1Api(admin.client()).createNamespacedPod("default", pod).execute();
  }
}
