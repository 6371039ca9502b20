package io.hiberlet.node.client;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.hiberlet.node.PodKey;
import io.hiberlet.node.client.ResourceException.Reason;
import io.kubernetes.client.openapi.ApiClient;
import io.kubernetes.client.openapi.ApiException;
import io.kubernetes.client.openapi.apis.CoreV1Api;
import io.kubernetes.client.openapi.models.AuthenticationV1TokenRequest;
import io.kubernetes.client.openapi.models.V1BoundObjectReference;
import io.kubernetes.client.openapi.models.V1ConfigMap;
import io.kubernetes.client.openapi.models.V1TokenRequestSpec;
import io.kubernetes.client.openapi.models.V1TokenRequestStatus;
import java.net.HttpURLConnection;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What the pods of this node need from the API server, read one by one: the Node authorizer lets a
 * node have only what its own pods name. Thread-safe; every call blocks for one request.
 */
public final class PodResources {
  private final CoreV1Api api;

  public PodResources(ApiClient client) {
    this.api = new CoreV1Api(client);
  }

  /**
   * The contents of a ConfigMap by key, {@code data} as UTF-8 and {@code binaryData} as it is.
   *
   * @return empty when there is none of that name
   */
  public Optional<Map<String, byte[]>> configMap(String namespace, String name)
      throws ResourceException {
    try {
      return Optional.of(contents(api.readNamespacedConfigMap(name, namespace).execute()));
    } catch (ApiException e) {
      if (ApiErrors.isNotFound(e)) {
        return Optional.empty();
      }
      throw failure(
          e,
          "ConfigMap " + namespace + "/" + name,
          "a node may read a ConfigMap only if the spec of a pod on it names it,"
              + " for example as a volume");
    }
  }

  /**
   * The data of a Secret by key.
   *
   * @return empty when there is none of that name
   */
  public Optional<Map<String, byte[]>> secret(String namespace, String name)
      throws ResourceException {
    try {
      Map<String, byte[]> data = api.readNamespacedSecret(name, namespace).execute().getData();
      return Optional.of(data == null ? Map.of() : data);
    } catch (ApiException e) {
      if (ApiErrors.isNotFound(e)) {
        return Optional.empty();
      }
      throw failure(
          e,
          "Secret " + namespace + "/" + name,
          "a node may read a Secret only if the spec of a pod on it names it");
    }
  }

  /**
   * Asks for a token that dies with the pod (TokenRequest API, bound to the pod's UID).
   *
   * @param expiry wished for; the server may grant another, and none below 10 minutes
   */
  public ServiceAccountToken requestToken(PodKey pod, String serviceAccount, Duration expiry)
      throws ResourceException {
    var bound =
        new V1BoundObjectReference().apiVersion("v1").kind("Pod").name(pod.name()).uid(pod.uid());
    var request =
        new AuthenticationV1TokenRequest()
            .spec(
                new V1TokenRequestSpec()
                    .expirationSeconds(expiry.toSeconds())
                    .boundObjectRef(bound));
    try {
      V1TokenRequestStatus granted =
          api.createNamespacedServiceAccountToken(serviceAccount, pod.namespace(), request)
              .execute()
              .getStatus();
      return new ServiceAccountToken(
          granted.getToken(), granted.getExpirationTimestamp().toInstant());
    } catch (ApiException e) {
      throw failure(
          e,
          "a token of service account " + pod.namespace() + "/" + serviceAccount,
          "a node may ask only for tokens of the service accounts of its own pods");
    }
  }

  private static Map<String, byte[]> contents(V1ConfigMap configMap) {
    Map<String, byte[]> contents = new HashMap<>();
    if (configMap.getData() != null) {
      configMap.getData().forEach((key, text) -> contents.put(key, text.getBytes(UTF_8)));
    }
    if (configMap.getBinaryData() != null) {
      contents.putAll(configMap.getBinaryData());
    }
    return contents;
  }

  private static ResourceException failure(ApiException e, String what, String rule) {
    return switch (e.getCode()) {
      case HttpURLConnection.HTTP_NOT_FOUND ->
          new ResourceException(Reason.NOT_FOUND, what + ": " + ApiErrors.describe(e), e);
      case HttpURLConnection.HTTP_FORBIDDEN ->
          new ResourceException(
              Reason.FORBIDDEN, what + ": " + ApiErrors.describe(e) + " (" + rule + ")", e);
      default -> new ResourceException(Reason.UNAVAILABLE, what + ": " + ApiErrors.describe(e), e);
    };
  }
}
