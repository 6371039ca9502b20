package io.hiberlet.devcluster.api;

import com.google.gson.JsonObject;
import io.hiberlet.devcluster.auth.Access;
import io.hiberlet.devcluster.auth.Authenticator;
import io.hiberlet.devcluster.auth.RbacAuthorizer;
import io.hiberlet.devcluster.auth.Reviews;
import io.hiberlet.devcluster.auth.ServiceAccountTokens;
import io.hiberlet.devcluster.json.Json;
import io.hiberlet.devcluster.resource.ApiException;
import io.hiberlet.devcluster.resource.ResourceType;
import io.hiberlet.devcluster.resource.ResourceTypes;
import io.hiberlet.devcluster.store.ObjectKey;
import io.hiberlet.devcluster.store.ObjectStore;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * Answers requests: authorizes them, finds out what they are about, and has it done. Thread-safe;
 * no call blocks longer than it takes to compute the answer.
 */
public final class ApiServer {
  private static final Set<String> CONNECTIONS = Set.of("log", "exec", "attach", "portforward");

  private final ObjectStore store;
  private final ResourceTypes types;
  private final RbacAuthorizer authorizer;
  private final Reviews reviews;
  private final Discovery discovery;
  private final ObjectReader reader;
  private final ObjectWriter writer;
  private final Deletions deletions;
  private final TokenRequests tokenRequests;
  private final PodConnections connections;
  private final String version;

  /**
   * A server over a store.
   *
   * @param version the Kubernetes version that it says it is, such as {@code v1.30.0}
   */
  public ApiServer(
      ObjectStore store,
      Authenticator authenticator,
      RbacAuthorizer authorizer,
      ServiceAccountTokens tokens,
      String version) {
    this.store = store;
    this.types = new ResourceTypes(store);
    this.authorizer = authorizer;
    this.reviews = new Reviews(authenticator, authorizer);
    this.discovery = new Discovery(types);
    this.reader = new ObjectReader(store);
    this.writer = new ObjectWriter(store, new Admission(store));
    this.deletions = new Deletions(store);
    this.tokenRequests = new TokenRequests(store, tokens);
    this.connections = new PodConnections(store);
    this.version = version;
  }

  /** The answer to a request; a failure is an answer, too. */
  public ApiResponse handle(ApiRequest request) {
    try {
      Target target = Target.parse(request.path());
      return target == null ? handlePath(request) : handleResource(request, target);
    } catch (ApiException e) {
      return ApiResponse.failure(e);
    }
  }

  private ApiResponse handlePath(ApiRequest request) {
    String verb = request.method().toLowerCase(Locale.ROOT);
    authorizer.require(request.user(), Access.toPath(verb, request.path()));
    if (!request.method().equals("GET")) {
      throw ApiException.methodNotAllowed();
    }
    String[] parts = request.path().split("/", -1);
    return switch (request.path()) {
      case "/healthz", "/livez", "/readyz" -> ApiResponse.text(200, "ok");
      case "/version" -> ApiResponse.json(200, versionInfo());
      case "/openapi/v2" -> OpenApi.version2(request, version);
      case "/api" -> ApiResponse.json(200, discovery.coreVersions());
      case "/apis" -> ApiResponse.json(200, discovery.groups());
      case "/api/v1" -> ApiResponse.json(200, discovery.resources("", "v1"));
      default -> {
        if (parts[1].equals("apis") && parts.length == 3) {
          yield ApiResponse.json(200, discovery.group(parts[2]));
        }
        if (parts[1].equals("apis") && parts.length == 4) {
          yield ApiResponse.json(200, discovery.resources(parts[2], parts[3]));
        }
        throw ApiException.noSuchPath();
      }
    };
  }

  private JsonObject versionInfo() {
    String[] numbers = version.substring(1).split("\\.", -1);
    return Json.of(
        "major",
        numbers[0],
        "minor",
        numbers[1],
        "gitVersion",
        version + "-dev-cluster",
        "gitCommit",
        "",
        "gitTreeState",
        "clean",
        "buildDate",
        "1970-01-01T00:00:00Z",
        "goVersion",
        "",
        "compiler",
        "",
        "platform",
        "");
  }

  private ApiResponse handleResource(ApiRequest http, Target target) {
    ResourceRequest unresolved = new ResourceRequest(http, target, resolve(http, target));
    authorizer.require(http.user(), unresolved.access());
    ResourceType type = unresolved.type();
    if (!target.subresource().isEmpty()) {
      return handleSubresource(unresolved);
    }
    if (!type.stored()) {
      return review(unresolved);
    }
    return switch (unresolved.verb()) {
      case "get" -> reader.get(unresolved);
      case "list" -> reader.list(unresolved);
      case "watch" -> new ApiResponse.Events(new ResourceWatch(store, unresolved));
      case "create" -> create(unresolved);
      case "update" -> update(unresolved, "");
      case "patch" -> patch(unresolved, "");
      case "delete" -> delete(unresolved);
      default -> deleteCollection(unresolved);
    };
  }

  /** The type; who may not even ask learns that first. */
  private ResourceType resolve(ApiRequest http, Target target) {
    try {
      return types.find(target.group(), target.version(), target.plural());
    } catch (ApiException missing) {
      Access access =
          new Access(
              http.method().equals("GET") ? "get" : "update",
              target.group(),
              target.plural(),
              target.subresource(),
              target.namespace(),
              target.name(),
              "");
      authorizer.require(http.user(), access);
      throw missing;
    }
  }

  private ApiResponse handleSubresource(ResourceRequest request) {
    String subresource = request.target().subresource();
    if (!request.type().subresources().contains(subresource)) {
      throw request.type().custom()
          ? ApiException.noSuchPath()
          : ApiException.notImplemented(request.type().plural() + "/" + subresource);
    }
    if (CONNECTIONS.contains(subresource)) {
      return connections.connect(request);
    }
    return switch (request.verb()) {
      case "get" -> reader.get(request);
      case "update" -> update(request, subresource);
      case "patch" -> patch(request, subresource);
      case "create" -> {
        if (subresource.equals("token")) {
          yield tokenRequests.create(request);
        }
        if (subresource.equals("binding")) {
          yield bind(request);
        }
        throw ApiException.methodNotAllowed();
      }
      default -> throw ApiException.methodNotAllowed();
    };
  }

  private ApiResponse review(ResourceRequest request) {
    if (!request.verb().equals("create")) {
      throw ApiException.methodNotAllowed();
    }
    JsonObject review = request.http().object();
    return ApiResponse.json(
        201,
        switch (request.type().kind()) {
          case "TokenReview" -> reviews.reviewToken(review);
          case "SelfSubjectAccessReview" -> reviews.reviewOwnAccess(review, request.http().user());
          default -> reviews.reviewAccess(review);
        });
  }

  private ApiResponse create(ResourceRequest request) {
    if (!request.target().name().isEmpty()) {
      throw ApiException.methodNotAllowed();
    }
    JsonObject created =
        writer.create(
            request.type(),
            request.namespace(),
            request.http().object(),
            request.http().user(),
            request.http().dryRun());
    return ApiResponse.json(201, ObjectReader.present(request, created));
  }

  private ApiResponse update(ResourceRequest request, String subresource) {
    JsonObject sent = request.http().object();
    JsonObject updated =
        writer.update(
            request.type(), request.key(), subresource, present -> sent, request.http().dryRun());
    return ApiResponse.json(200, ObjectReader.present(request, updated));
  }

  private ApiResponse patch(ResourceRequest request, String subresource) {
    JsonObject updated =
        writer.update(
            request.type(),
            request.key(),
            subresource,
            Patches.edit(request.http(), request.type()),
            request.http().dryRun());
    return ApiResponse.json(200, ObjectReader.present(request, updated));
  }

  private ApiResponse bind(ResourceRequest request) {
    String node = Json.string(request.http().object(), "target", "name");
    PodBinding.bind(store, request.key(), node);
    return ApiResponse.json(
        201, Json.of("kind", "Status", "apiVersion", "v1", "status", "Success", "code", 201));
  }

  private ApiResponse delete(ResourceRequest request) {
    Deletions.Outcome outcome =
        deletions.delete(request.type(), request.key(), Deletions.Options.of(request.http()));
    JsonObject object = outcome.object();
    if (!outcome.gone() || request.type().kind().equals("Pod")) {
      return ApiResponse.json(200, object);
    }
    JsonObject details =
        Json.of(
            "name", request.target().name(),
            "kind", request.type().plural(),
            "uid", Json.string(object, "metadata", "uid"));
    if (!request.type().group().isEmpty()) {
      details.addProperty("group", request.type().group());
    }
    return ApiResponse.json(
        200,
        Json.of(
            "kind",
            "Status",
            "apiVersion",
            "v1",
            "metadata",
            new JsonObject(),
            "status",
            "Success",
            "details",
            details));
  }

  private ApiResponse deleteCollection(ResourceRequest request) {
    Selection selection = Selection.of(request);
    Deletions.Options options = Deletions.Options.of(request.http());
    List<ObjectKey> keys =
        store.list(request.type().collection()).objects().entrySet().stream()
            .filter(entry -> selection.includes(entry.getKey(), entry.getValue()))
            .map(Map.Entry::getKey)
            .toList();
    JsonObject deleted =
        Json.of(
            "kind", request.type().kind() + "List",
            "apiVersion", request.type().apiVersion(),
            "metadata", Json.of("resourceVersion", Long.toString(store.revision())),
            "items",
                Json.array(
                    keys.stream()
                        .map(key -> deletions.delete(request.type(), key, options).object())
                        .toList()));
    return ApiResponse.json(200, deleted);
  }
}
