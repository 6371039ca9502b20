package io.hiberlet.devcluster.api;

import com.google.gson.JsonObject;
import io.hiberlet.devcluster.auth.ServiceAccountTokens;
import io.hiberlet.devcluster.json.Json;
import io.hiberlet.devcluster.resource.ApiException;
import io.hiberlet.devcluster.resource.ResourceType;
import io.hiberlet.devcluster.resource.ResourceTypes;
import io.hiberlet.devcluster.store.ObjectKey;
import io.hiberlet.devcluster.store.ObjectStore;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The token subresource of service accounts (TokenRequest). Thread-safe. */
final class TokenRequests {
  private static final long SHORTEST_SECONDS = 600;
  private static final long DEFAULT_SECONDS = 3600;
  private static final ResourceType PODS = ResourceTypes.builtIn("pods");
  private static final ResourceType TOKENS =
      new ResourceType(
          "authentication.k8s.io",
          "v1",
          "TokenRequest",
          "tokenrequests",
          "tokenrequest",
          true,
          false,
          false,
          List.of(),
          Set.of(),
          Set.of(),
          List.of());

  private final ObjectStore store;
  private final ServiceAccountTokens tokens;

  TokenRequests(ObjectStore store, ServiceAccountTokens tokens) {
    this.store = store;
    this.tokens = tokens;
  }

  ApiResponse create(ResourceRequest request) {
    JsonObject account = store.get(request.key());
    if (account == null) {
      throw ApiException.notFound(request.type(), request.target().name());
    }
    JsonObject asked = request.http().object();
    JsonObject spec = Json.child(asked, "spec");
    JsonObject pod = boundPod(request, account, spec);
    if (pod != null && request.http().user().groups().contains("system:nodes")) {
      requireProjected(pod, spec);
    }
    if (Json.strings(spec, "audiences").isEmpty()) {
      spec.add("audiences", Json.array(List.of(ServiceAccountTokens.ISSUER)));
    }
    Json.putIfAbsent(spec, "expirationSeconds", DEFAULT_SECONDS);
    long seconds = Json.number(spec, 0, "expirationSeconds");
    if (seconds < SHORTEST_SECONDS) {
      throw ApiException.invalid(
          TOKENS,
          "",
          "spec.expirationSeconds",
          "Invalid value: " + seconds + ": may not specify a duration less than 10 minutes");
    }
    Duration lifetime = Duration.ofSeconds(seconds);
    String token = tokens.issue(account, pod, Json.strings(spec, "audiences"), lifetime);
    asked.addProperty("kind", TOKENS.kind());
    asked.addProperty("apiVersion", TOKENS.apiVersion());
    asked.add(
        "status",
        Json.of(
            "token", token, "expirationTimestamp", Timestamps.at(Instant.now().plus(lifetime))));
    return ApiResponse.json(201, asked);
  }

  /** A node gets what a volume of its pod names, and nothing else (Kubernetes 1.33, KEP-4412). */
  private static void requireProjected(JsonObject pod, JsonObject spec) {
    List<String> audiences = Json.strings(spec, "audiences");
    String wanted = audiences.isEmpty() ? "" : audiences.getFirst();
    boolean projected =
        Json.objects(Json.object(pod, "spec"), "volumes").stream()
            .flatMap(volume -> Json.objects(volume, "projected", "sources").stream())
            .filter(source -> source.has("serviceAccountToken"))
            .map(source -> Json.string(source, "serviceAccountToken", "audience"))
            .anyMatch(wanted::equals);
    if (audiences.size() > 1 || !projected) {
      throw ApiException.forbidden(
          TOKENS,
          Json.string(pod, "spec", "serviceAccountName"),
          "audience \"%s\" not found in pod spec volume".formatted(wanted));
    }
  }

  private @Nullable JsonObject boundPod(
      ResourceRequest request, JsonObject account, JsonObject spec) {
    JsonObject reference = Json.object(spec, "boundObjectRef");
    if (reference.isEmpty()) {
      return null;
    }
    if (!Json.string(reference, "kind").equals("Pod")) {
      throw ApiException.notImplemented("binding tokens to a " + Json.string(reference, "kind"));
    }
    String name = Json.string(reference, "name");
    JsonObject pod = store.get(new ObjectKey("pods", request.namespace(), name));
    if (pod == null) {
      throw ApiException.notFound(PODS, name);
    }
    String accountName = Json.string(account, "metadata", "name");
    if (!Json.string(pod, "spec", "serviceAccountName").equals(accountName)) {
      throw ApiException.badRequest(
          "cannot bind token for serviceaccount \"%s\" to pod running with different serviceaccount name."
              .formatted(accountName));
    }
    String uid = Json.string(reference, "uid");
    String podUid = Json.string(pod, "metadata", "uid");
    if (!uid.isEmpty() && !uid.equals(podUid)) {
      throw ApiException.conflict(
          PODS,
          name,
          "the UID in the bound object reference (%s) does not match the UID in record. The object might have been deleted and then recreated"
              .formatted(uid));
    }
    return pod;
  }
}
