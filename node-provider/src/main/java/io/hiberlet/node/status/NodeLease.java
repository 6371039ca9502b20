package io.hiberlet.node.status;

import com.google.gson.JsonObject;
import io.hiberlet.node.client.ApiErrors;
import io.hiberlet.node.client.Patches;
import io.hiberlet.node.task.RepeatedTask;
import io.kubernetes.client.openapi.ApiClient;
import io.kubernetes.client.openapi.ApiException;
import io.kubernetes.client.openapi.apis.CoordinationV1Api;
import io.kubernetes.client.openapi.models.V1Lease;
import io.kubernetes.client.openapi.models.V1LeaseSpec;
import io.kubernetes.client.openapi.models.V1ObjectMeta;
import io.kubernetes.client.openapi.models.V1OwnerReference;
import java.time.Clock;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.concurrent.CountDownLatch;

/**
 * The node's heartbeat (KEP-589): a Lease of 40 s in {@code kube-node-lease}, renewed every 10 s.
 * It says that the node reaches the API server, and nothing of its health. It is owned by the Node
 * and so vanishes with it; then, and after an outage of its own, the Node is worth a look.
 *
 * <p>{@link #run} belongs to its task's thread.
 */
public final class NodeLease implements RepeatedTask.Step {
  static final String NAMESPACE = "kube-node-lease";
  private static final Duration DURATION = Duration.ofSeconds(40);
  private static final Duration RENEW_INTERVAL = Duration.ofSeconds(10);

  private final String node;
  private final NodeStatus status;
  private final Runnable checkNode;
  private final ApiClient client;
  private final CoordinationV1Api api;
  private final Clock clock;
  private final CountDownLatch held = new CountDownLatch(1);
  private boolean suspicious;

  /**
   * @param checkNode asks for a comparison of the Node with what the API server has; does not block
   */
  public NodeLease(
      String node, NodeStatus status, Runnable checkNode, ApiClient client, Clock clock) {
    this.node = node;
    this.status = status;
    this.checkNode = checkNode;
    this.client = client;
    this.api = new CoordinationV1Api(client);
    this.clock = clock;
  }

  /** Becomes zero when the Lease was written for the first time. */
  public CountDownLatch held() {
    return held;
  }

  @Override
  public Duration run() throws ApiException {
    boolean wasSuspicious = suspicious;
    suspicious = true;
    boolean renewed = renew();
    if (!renewed) {
      create();
    }
    suspicious = false;
    held.countDown();
    if (!renewed || wasSuspicious) {
      checkNode.run();
    }
    return RENEW_INTERVAL;
  }

  private boolean renew() throws ApiException {
    JsonObject patch = new JsonObject();
    patch.add("spec", Patches.json(spec()));
    try {
      Patches.merge(
          client,
          V1Lease.class,
          patch,
          p -> api.patchNamespacedLease(node, NAMESPACE, p).buildCall(null));
      return true;
    } catch (ApiException e) {
      if (ApiErrors.isNotFound(e)) {
        return false;
      }
      throw e;
    }
  }

  private void create() throws ApiException {
    var metadata = new V1ObjectMeta().name(node).namespace(NAMESPACE);
    status
        .uid()
        .ifPresent(
            uid ->
                metadata.addOwnerReferencesItem(
                    new V1OwnerReference().apiVersion("v1").kind("Node").name(node).uid(uid)));
    var lease =
        new V1Lease()
            .apiVersion("coordination.k8s.io/v1")
            .kind("Lease")
            .metadata(metadata)
            .spec(spec());
    api.createNamespacedLease(NAMESPACE, lease).execute();
  }

  private V1LeaseSpec spec() {
    return new V1LeaseSpec()
        .holderIdentity(node)
        .leaseDurationSeconds((int) DURATION.toSeconds())
        .renewTime(OffsetDateTime.ofInstant(clock.instant(), ZoneOffset.UTC));
  }
}
