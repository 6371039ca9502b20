package io.hiberlet.devcluster.api;

import com.google.gson.JsonObject;
import io.hiberlet.devcluster.resource.FieldSelector;
import io.hiberlet.devcluster.resource.LabelSelector;
import io.hiberlet.devcluster.store.ObjectKey;
import org.jspecify.annotations.Nullable;

/** The objects that a list or watch asks for. */
record Selection(String collection, String namespace, LabelSelector labels, FieldSelector fields) {

  static Selection of(ResourceRequest request) {
    return new Selection(
        request.type().collection(),
        request.namespace(),
        request.labelSelector(),
        request.fieldSelector());
  }

  /** Whether it asks for this object; null is never asked for. */
  boolean includes(ObjectKey key, @Nullable JsonObject object) {
    return object != null
        && key.collection().equals(collection)
        && (namespace.isEmpty() || key.namespace().equals(namespace))
        && labels.test(object)
        && fields.test(object);
  }
}
