package io.hiberlet.node.object;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.hiberlet.node.client.ApiServerAccess;
import io.kubernetes.client.openapi.ApiException;
import io.kubernetes.client.openapi.apis.CoreV1Api;
import io.kubernetes.client.openapi.models.V1ConfigMap;
import io.kubernetes.client.openapi.models.V1ObjectMeta;
import io.kubernetes.client.openapi.models.V1Secret;
import java.util.Map;
import java.util.stream.Collectors;

/** Makes ConfigMaps and Secrets as an administrator. */
final class ClusterObjects {
  private final CoreV1Api api;

  ClusterObjects(ApiServerAccess admin) {
    this.api = new CoreV1Api(admin.client());
  }

  void put(ObjectName name, PodObject object) throws ApiException {
    switch (name.kind()) {
      case CONFIG_MAP -> put(name, configMap(name, object));
      case SECRET -> put(name, secret(name, object));
    }
  }

  private void put(ObjectName name, V1ConfigMap configMap) throws ApiException {
    try {
      api.replaceNamespacedConfigMap(name.name(), name.namespace(), configMap).execute();
    } catch (ApiException e) {
      requireAbsent(e);
      api.createNamespacedConfigMap(name.namespace(), configMap).execute();
    }
  }

  private void put(ObjectName name, V1Secret secret) throws ApiException {
    try {
      api.replaceNamespacedSecret(name.name(), name.namespace(), secret).execute();
    } catch (ApiException e) {
      requireAbsent(e);
      api.createNamespacedSecret(name.namespace(), secret).execute();
    }
  }

  void remove(ObjectName name) throws ApiException {
    switch (name.kind()) {
      case CONFIG_MAP -> api.deleteNamespacedConfigMap(name.name(), name.namespace()).execute();
      case SECRET -> api.deleteNamespacedSecret(name.name(), name.namespace()).execute();
    }
  }

  private static void requireAbsent(ApiException e) throws ApiException {
    if (e.getCode() != 404) {
      throw e;
    }
  }

  private static V1ConfigMap configMap(ObjectName name, PodObject object) {
    Map<String, String> text =
        object.data().entrySet().stream()
            .collect(
                Collectors.toMap(Map.Entry::getKey, entry -> new String(entry.getValue(), UTF_8)));
    return new V1ConfigMap()
        .metadata(new V1ObjectMeta().name(name.name()))
        .data(text)
        .binaryData(object.binaryData())
        .immutable(object.immutable());
  }

  private static V1Secret secret(ObjectName name, PodObject object) {
    return new V1Secret()
        .metadata(new V1ObjectMeta().name(name.name()))
        .data(object.data())
        .immutable(object.immutable());
  }
}
