package io.hiberlet.node.client;

import com.google.gson.Gson;
import io.kubernetes.client.openapi.JSON;
import java.time.LocalDate;
import java.time.OffsetDateTime;

/**
 * Lets client-java read what API servers of other versions than its own send. Its models refuse
 * fields they do not know and miss required ones that older servers leave out; a pod must never be
 * lost because of that. The API's own rule is to ignore unknown fields (Kubernetes API concepts,
 * "Field validation"), and so does plain Gson, which this puts in their place.
 */
final class TolerantJson {
  private static final Gson GSON = create();

  private TolerantJson() {}

  /** Idempotent; concerns the whole process, because client-java keeps its Gson in a static. */
  static void install() {
    JSON.setGson(GSON);
  }

  private static Gson create() {
    Gson strict = JSON.getGson();
    return JSON.createGson()
        .registerTypeAdapter(OffsetDateTime.class, strict.getAdapter(OffsetDateTime.class))
        .registerTypeAdapter(LocalDate.class, strict.getAdapter(LocalDate.class))
        .registerTypeAdapter(byte[].class, strict.getAdapter(byte[].class))
        .create();
  }
}
