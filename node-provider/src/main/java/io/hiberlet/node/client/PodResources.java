package io.hiberlet.node.client;

import io.hiberlet.node.PodKey;
import io.kubernetes.client.openapi.ApiClient;
import io.kubernetes.client.openapi.ApiException;
import io.kubernetes.client.openapi.apis.CoreV1Api;
import io.kubernetes.client.openapi.models.AuthenticationV1TokenRequest;
import io.kubernetes.client.openapi.models.V1BoundObjectReference;
import io.kubernetes.client.openapi.models.V1TokenRequestSpec;
import io.kubernetes.client.openapi.models.V1TokenRequestStatus;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Semaphore;

/**
 * What the pods of this node need from the API server beside ConfigMaps and Secrets (those are
 * {@link io.hiberlet.node.object.PodObjects}). Thread-safe; every call blocks for one request, and
 * before that for its turn: a few are made at a time.
 */
public final class PodResources {
  /** Hundreds of pods may start at once; the API server answers a token in milliseconds. */
  private static final int TOKENS_AT_A_TIME = 8;

  private final Semaphore turns = new Semaphore(TOKENS_AT_A_TIME, true);
  private final CoreV1Api api;

  public PodResources(ApiClient client) {
    this.api = new CoreV1Api(client);
  }

  /**
   * Asks for a token that dies with the pod (TokenRequest API, bound to the pod's UID).
   *
   * @param expiry wished for; the server may grant another, and none below 10 minutes
   */
  public ServiceAccountToken requestToken(PodKey pod, String serviceAccount, Duration expiry)
      throws ResourceException {
    return requestToken(pod, serviceAccount, expiry, List.of());
  }

  /**
   * The same for somebody else than the API server.
   *
   * @param audiences that are to accept the token; none for the API server
   */
  public ServiceAccountToken requestToken(
      PodKey pod, String serviceAccount, Duration expiry, List<String> audiences)
      throws ResourceException {
    var bound =
        new V1BoundObjectReference().apiVersion("v1").kind("Pod").name(pod.name()).uid(pod.uid());
    var request =
        new AuthenticationV1TokenRequest()
            .spec(
                new V1TokenRequestSpec()
                    .audiences(audiences)
                    .expirationSeconds(expiry.toSeconds())
                    .boundObjectRef(bound));
    turns.acquireUninterruptibly(); // every request ends in time, and at once when interrupted
    try {
      V1TokenRequestStatus granted =
          api.createNamespacedServiceAccountToken(serviceAccount, pod.namespace(), request)
              .execute()
              .getStatus();
      return new ServiceAccountToken(
          granted.getToken(), granted.getExpirationTimestamp().toInstant());
    } catch (ApiException e) {
      throw ResourceException.of(
          e,
          "a token of service account " + pod.namespace() + "/" + serviceAccount,
          "a node may ask only for tokens of the service accounts of its own pods, and from"
              + " Kubernetes 1.33 on only for those that a pod mounts: see"
              + " automountServiceAccountToken");
    } finally {
      turns.release();
    }
  }
}
