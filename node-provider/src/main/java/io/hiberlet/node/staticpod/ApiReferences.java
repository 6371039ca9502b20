package io.hiberlet.node.staticpod;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.kubernetes.client.openapi.JSON;
import io.kubernetes.client.openapi.models.V1PodSpec;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What a static pod may not name: objects of the API server, which need not be there when it
 * starts. NodeRestriction refuses a mirror pod that names them, and so does the kubelet since
 * Kubernetes 1.34 ({@code PreventStaticPodAPIReferences}), whose words these are.
 */
final class ApiReferences {
  /** By the fields that name them, wherever they are in a volume or an environment. */
  private static final Map<String, String> KINDS =
      Map.ofEntries(
          Map.entry("configMap", "configmaps"),
          Map.entry("configMapKeyRef", "configmaps"),
          Map.entry("configMapRef", "configmaps"),
          Map.entry("secret", "secrets"),
          Map.entry("secretKeyRef", "secrets"),
          Map.entry("secretRef", "secrets"),
          Map.entry("serviceAccountToken", "serviceaccounts"),
          Map.entry("clusterTrustBundle", "clustertrustbundles"),
          Map.entry("podCertificate", "podcertificates"),
          Map.entry("persistentVolumeClaim", "persistentvolumeclaims"),
          Map.entry("ephemeral", "persistentvolumeclaims"));

  private ApiReferences() {}

  /** The kind of object that a pod names first; empty when it names none. */
  static Optional<String> first(V1PodSpec pod) {
    JsonObject spec = JSON.getGson().toJsonTree(pod).getAsJsonObject();
    if (spec.has("serviceAccountName") || spec.has("serviceAccount")) {
      return Optional.of("serviceaccounts");
    }
    if (!isEmpty(spec.get("imagePullSecrets"))) {
      return Optional.of("secrets");
    }
    if (!isEmpty(spec.get("resourceClaims"))) {
      return Optional.of("resourceclaims");
    }
    return Stream.concat(
            Stream.of("volumes").flatMap(field -> elements(spec.get(field))),
            Stream.of("initContainers", "containers")
                .flatMap(field -> elements(spec.get(field)))
                .flatMap(ApiReferences::environment))
        .map(ApiReferences::firstIn)
        .flatMap(Optional::stream)
        .findFirst();
  }

  private static Stream<JsonElement> environment(JsonElement container) {
    return Stream.of("env", "envFrom")
        .flatMap(field -> elements(container.getAsJsonObject().get(field)));
  }

  private static Optional<String> firstIn(JsonElement element) {
    if (element instanceof JsonArray array) {
      return array.asList().stream().flatMap(each -> firstIn(each).stream()).findFirst();
    }
    if (element instanceof JsonObject object) {
      return object.entrySet().stream()
          .flatMap(
              field ->
                  Optional.ofNullable(KINDS.get(field.getKey()))
                      .or(() -> firstIn(field.getValue()))
                      .stream())
          .findFirst();
    }
    return Optional.empty();
  }

  private static Stream<JsonElement> elements(JsonElement list) {
    return list instanceof JsonArray array
        ? array.asList().stream()
        : List.<JsonElement>of().stream();
  }

  private static boolean isEmpty(JsonElement list) {
    return elements(list).findAny().isEmpty();
  }
}
