package io.hiberlet.devcluster.api;

import io.hiberlet.devcluster.auth.Access;
import io.hiberlet.devcluster.resource.ApiException;
import io.hiberlet.devcluster.resource.FieldSelector;
import io.hiberlet.devcluster.resource.LabelSelector;
import io.hiberlet.devcluster.resource.ResourceType;
import io.hiberlet.devcluster.store.ObjectKey;

/** A request for a resource that there is. */
record ResourceRequest(ApiRequest http, Target target, ResourceType type) {

  /** The verb in RBAC's terms. */
  String verb() {
    boolean collection = target.name().isEmpty();
    return switch (http.method()) {
      case "GET", "HEAD" -> collection ? http.flag("watch") ? "watch" : "list" : "get";
      case "POST" -> "create";
      case "PUT" -> "update";
      case "PATCH" -> "patch";
      case "DELETE" -> collection ? "deletecollection" : "delete";
      default -> throw ApiException.methodNotAllowed();
    };
  }

  /** What the sender must be allowed to do. */
  Access access() {
    String name = target.name().isEmpty() ? fieldSelector().onlyName() : target.name();
    return new Access(
        verb(),
        target.group(),
        target.plural(),
        target.subresource(),
        target.namespace(),
        name,
        "");
  }

  /** Where the object is stored. */
  ObjectKey key() {
    return new ObjectKey(type.collection(), namespace(), target.name());
  }

  /** The namespace of its objects; "" for those without, and for all. */
  String namespace() {
    return type.namespaced() ? target.namespace() : "";
  }

  FieldSelector fieldSelector() {
    return new FieldSelector(type, http.parameter("fieldSelector"));
  }

  LabelSelector labelSelector() {
    return new LabelSelector(http.parameter("labelSelector"));
  }
}
