package io.hiberlet.node.object;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hiberlet.devcluster.RealControlPlane;
import io.hiberlet.node.Await;
import io.hiberlet.node.NodeKubeconfig;
import io.hiberlet.node.client.ApiServerAccess;
import io.hiberlet.node.client.ResourceException;
import io.kubernetes.client.openapi.ApiException;
import io.kubernetes.client.openapi.apis.CoreV1Api;
import io.kubernetes.client.openapi.models.V1ConfigMapEnvSource;
import io.kubernetes.client.openapi.models.V1Container;
import io.kubernetes.client.openapi.models.V1DeleteOptions;
import io.kubernetes.client.openapi.models.V1EnvFromSource;
import io.kubernetes.client.openapi.models.V1ObjectMeta;
import io.kubernetes.client.openapi.models.V1Pod;
import io.kubernetes.client.openapi.models.V1PodSpec;
import io.kubernetes.client.openapi.models.V1SecretEnvSource;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Against a real control plane, with no more rights than {@code system:node:NAME} has. */
@Tag("cluster")
final class RealPodObjectsTest extends PodObjectsContract {
  private static final String NODE = "node-that-reads";
  private static final String POD = "names-them";

  @TempDir private static Path directory;
  private static ApiServerAccess admin;
  private static ApiServerAccess node;
  private static ApiPodObjects objects;

  @BeforeAll
  static void start() throws Exception {
    RealControlPlane cluster = RealControlPlane.shared();
    admin = ApiServerAccess.load(cluster.adminKubeconfig());
    node = ApiServerAccess.load(NodeKubeconfig.write(cluster, NODE, directory));
    objects = new ApiPodObjects(node.client());
    new CoreV1Api(admin.client()).createNamespacedPod("default", pod()).execute();
    // The authorizer learns of a pod by a watch of its own.
    Await.until("readable", () -> objects.read(ObjectName.secret("default", "followed")).isEmpty());
  }

  private static V1Pod pod() {
    List<String> names = List.of("absent", "whole", "followed");
    V1Container container = new V1Container().name("c").image("none");
    for (String name : names) {
      container.addEnvFromItem(
          new V1EnvFromSource().configMapRef(new V1ConfigMapEnvSource().name(name)));
      container.addEnvFromItem(new V1EnvFromSource().secretRef(new V1SecretEnvSource().name(name)));
    }
    return new V1Pod()
        .metadata(new V1ObjectMeta().name(POD))
        .spec(new V1PodSpec().overhead(null).nodeName(NODE).addContainersItem(container));
  }

  @AfterAll
  static void stop() throws ApiException {
    objects.close();
    new CoreV1Api(admin.client())
        .deleteNamespacedPod(POD, "default")
        .body(new V1DeleteOptions().gracePeriodSeconds(0L))
        .execute();
    node.close();
    admin.close();
  }

  @Override
  PodObjects objects() {
    return objects;
  }

  @Override
  void put(ObjectName name, PodObject object) throws Exception {
    new ClusterObjects(admin).put(name, object);
  }

  @Override
  void remove(ObjectName name) throws Exception {
    new ClusterObjects(admin).remove(name);
  }

  @Test
  void whatNoPodOfThisNodeNamesIsForbidden() {
    var refused =
        assertThrows(
            ResourceException.class,
            () -> objects.read(ObjectName.secret("kube-system", "unnamed")));
    assertEquals(ResourceException.Reason.FORBIDDEN, refused.reason());
    assertTrue(refused.getMessage().contains("names it"), refused.getMessage());
  }
}
