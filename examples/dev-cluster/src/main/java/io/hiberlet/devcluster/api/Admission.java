package io.hiberlet.devcluster.api;

import com.google.gson.JsonObject;
import io.hiberlet.devcluster.auth.User;
import io.hiberlet.devcluster.json.Json;
import io.hiberlet.devcluster.resource.ApiException;
import io.hiberlet.devcluster.resource.ResourceType;
import io.hiberlet.devcluster.resource.ResourceTypes;
import io.hiberlet.devcluster.store.ObjectKey;
import io.hiberlet.devcluster.store.ObjectStore;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Locale;

/** Defaults and checks of the kinds that need some before they are stored. Thread-safe. */
final class Admission {
  private final ObjectStore store;
  private final PodAdmission pods;

  Admission(ObjectStore store) {
    this.store = store;
    this.pods = new PodAdmission(store);
  }

  void onCreate(ResourceType type, JsonObject object, User user) {
    if (type.namespaced()) {
      checkNamespace(type, object);
    }
    switch (type.kind()) {
      case "Namespace" -> prepareNamespace(object);
      case "Pod" -> pods.admit(object);
      case "CertificateSigningRequest" -> prepareCertificateRequest(object, user);
      default -> {}
    }
    onUpdate(type, object);
  }

  void onUpdate(ResourceType type, JsonObject object) {
    switch (type.collection()) {
      case "secrets" -> encodeStrings(object);
      case "customresourcedefinitions.apiextensions.k8s.io" -> prepareDefinition(type, object);
      default -> {}
    }
  }

  private void checkNamespace(ResourceType type, JsonObject object) {
    String namespace = Json.string(object, "metadata", "namespace");
    JsonObject found = store.get(new ObjectKey("namespaces", "", namespace));
    if (found == null) {
      throw ApiException.notFound(ResourceTypes.builtIn("namespaces"), namespace);
    }
    if (Json.at(found, "metadata", "deletionTimestamp") != null) {
      throw ApiException.forbidden(
          type,
          Json.string(object, "metadata", "name"),
          "unable to create new content in namespace "
              + namespace
              + " because it is being terminated");
    }
  }

  private static void prepareNamespace(JsonObject namespace) {
    Json.child(namespace, "spec").add("finalizers", Json.array(List.of("kubernetes")));
    namespace.add("status", Json.of("phase", "Active"));
    Json.child(Json.child(namespace, "metadata"), "labels")
        .addProperty("kubernetes.io/metadata.name", Json.string(namespace, "metadata", "name"));
  }

  private static void prepareCertificateRequest(JsonObject request, User user) {
    JsonObject spec = Json.child(request, "spec");
    spec.addProperty("username", user.name());
    spec.add("groups", Json.array(user.groups()));
    request.add("status", new JsonObject());
  }

  private static void encodeStrings(JsonObject secret) {
    JsonObject strings = Json.object(secret, "stringData");
    for (String key : strings.keySet()) {
      byte[] value = Json.string(strings, key).getBytes(StandardCharsets.UTF_8);
      Json.child(secret, "data").addProperty(key, Base64.getEncoder().encodeToString(value));
    }
    secret.remove("stringData");
    Json.putIfAbsent(secret, "type", "Opaque");
  }

  private static void prepareDefinition(ResourceType type, JsonObject definition) {
    JsonObject spec = Json.child(definition, "spec");
    JsonObject names = Json.child(spec, "names");
    String name = Json.string(definition, "metadata", "name");
    String expected = Json.string(names, "plural") + "." + Json.string(spec, "group");
    if (!name.equals(expected)) {
      throw ApiException.invalid(
          type,
          name,
          "metadata.name",
          "Invalid value: \"%s\": must be spec.names.plural+\".\"+spec.group".formatted(name));
    }
    String kind = Json.string(names, "kind");
    Json.putIfAbsent(names, "singular", kind.toLowerCase(Locale.ROOT));
    Json.putIfAbsent(names, "listKind", kind + "List");
    JsonObject status = Json.child(definition, "status");
    status.add("acceptedNames", names.deepCopy());
    status.add(
        "storedVersions",
        Json.array(
            Json.objects(spec, "versions").stream()
                .filter(version -> Json.isTrue(version, "storage"))
                .map(version -> Json.string(version, "name"))
                .toList()));
    if (!status.has("conditions")) {
      status.add(
          "conditions",
          Json.array(
              List.of(
                  condition("NamesAccepted", "NoConflicts", "no conflicts found"),
                  condition(
                      "Established",
                      "InitialNamesAccepted",
                      "the initial names have been accepted"))));
    }
  }

  private static JsonObject condition(String type, String reason, String message) {
    return Json.of(
        "type",
        type,
        "status",
        "True",
        "reason",
        reason,
        "message",
        message,
        "lastTransitionTime",
        Timestamps.now());
  }
}
