package io.hiberlet.agent.pod;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonObject;
import com.google.gson.TypeAdapter;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonWriter;
import io.hiberlet.snapshot.Change;
import io.hiberlet.snapshot.SnapshotStore;
import io.hiberlet.snapshot.StoreException;
import io.hiberlet.snapshot.Table;
import io.kubernetes.client.openapi.JSON;
import io.kubernetes.client.openapi.models.V1Pod;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps a {@link PodRecord} for each pod in the store, and the pod itself as the API server told it
 * last. Thread-safe; calls reach the disk.
 */
final class PodRecords {
  private static final Logger log = LoggerFactory.getLogger(PodRecords.class);

  /** Ends the key of a pod as the API server told it; a record's key is the UID alone. */
  private static final String MANIFEST = "/manifest";

  private final SnapshotStore store;
  private final Gson gson =
      new GsonBuilder()
          .registerTypeAdapter(Instant.class, new InstantAdapter().nullSafe())
          .create();

  PodRecords(SnapshotStore store) {
    this.store = store;
  }

  void save(PodRecord pod) {
    byte[] json = gson.toJson(pod).getBytes(StandardCharsets.UTF_8);
    store.write(List.of(new Change.Put(Table.PODS, key(pod.key().uid()), json)));
  }

  Optional<PodRecord> load(String uid) {
    return store.read(Table.PODS, key(uid)).flatMap(this::parse);
  }

  /** Keeps a pod, but for its status; what is stored already is not written again. */
  void remember(V1Pod pod) {
    byte[] key = manifestKey(pod.getMetadata().getUid());
    byte[] json = manifest(pod);
    if (store.read(Table.PODS, key).filter(stored -> Arrays.equals(stored, json)).isEmpty()) {
      store.write(List.of(new Change.Put(Table.PODS, key, json)));
    }
  }

  private static byte[] manifest(V1Pod pod) {
    JsonObject json = JSON.getGson().toJsonTree(pod).getAsJsonObject();
    json.remove("status");
    json.getAsJsonObject("metadata").remove("managedFields");
    json.getAsJsonObject("metadata").remove("resourceVersion"); // it changes with the status
    return json.toString().getBytes(StandardCharsets.UTF_8);
  }

  /** All pods that are kept. One that cannot be read is named in the log and left where it is. */
  List<V1Pod> remembered() {
    List<V1Pod> pods = new ArrayList<>();
    for (byte[] key : store.keys(Table.PODS, new byte[0])) {
      if (isManifest(key)) {
        readable(key).flatMap(PodRecords::parsePod).ifPresent(pods::add);
      }
    }
    return pods;
  }

  void delete(String uid) {
    store.write(
        List.of(
            new Change.Delete(Table.PODS, key(uid)),
            new Change.Delete(Table.PODS, manifestKey(uid))));
  }

  /** All records that can be read. One that cannot is named in the log and left where it is. */
  List<PodRecord> all() {
    List<PodRecord> pods = new ArrayList<>();
    for (byte[] key : store.keys(Table.PODS, new byte[0])) {
      if (!isManifest(key)) {
        readable(key).flatMap(this::parse).ifPresent(pods::add);
      }
    }
    return pods;
  }

  private Optional<byte[]> readable(byte[] key) {
    try {
      return store.read(Table.PODS, key);
    } catch (StoreException e) {
      if (e.kind() != StoreException.Kind.CORRUPT) {
        throw e;
      }
      log.atError()
          .addKeyValue("key", new String(key, StandardCharsets.UTF_8))
          .setCause(e)
          .log("What is known of a pod is corrupt; it starts from scratch");
      return Optional.empty();
    }
  }

  private Optional<PodRecord> parse(byte[] json) {
    try {
      return Optional.ofNullable(
          gson.fromJson(new String(json, StandardCharsets.UTF_8), PodRecord.class));
    } catch (RuntimeException e) { // what parsers throw, and Gson for a record that refuses
      log.atError().setCause(e).log("A pod's record cannot be read; the pod starts from scratch");
      return Optional.empty();
    }
  }

  private static Optional<V1Pod> parsePod(byte[] json) {
    try {
      V1Pod pod = JSON.deserialize(new String(json, StandardCharsets.UTF_8), V1Pod.class);
      return Optional.ofNullable(pod).filter(read -> read.getMetadata() != null);
    } catch (RuntimeException e) { // what parsers throw, and the model for what it refuses
      log.atError().setCause(e).log("A kept pod cannot be read; it waits for the API server");
      return Optional.empty();
    }
  }

  private static byte[] key(String uid) {
    return uid.getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] manifestKey(String uid) {
    return key(uid + MANIFEST);
  }

  private static boolean isManifest(byte[] key) {
    return new String(key, StandardCharsets.UTF_8).endsWith(MANIFEST);
  }

  private static final class InstantAdapter extends TypeAdapter<Instant> {
    @Override
    public void write(JsonWriter out, Instant value) throws IOException {
      out.value(value.toString());
    }

    @Override
    public Instant read(JsonReader in) throws IOException {
      return Instant.parse(in.nextString());
    }
  }
}
