package io.hiberlet.agent.pod;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.TypeAdapter;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonWriter;
import io.hiberlet.snapshot.Change;
import io.hiberlet.snapshot.SnapshotStore;
import io.hiberlet.snapshot.StoreException;
import io.hiberlet.snapshot.Table;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keeps a {@link PodRecord} for each pod in the store. Thread-safe; calls reach the disk. */
final class PodRecords {
  private static final Logger log = LoggerFactory.getLogger(PodRecords.class);

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

  void delete(String uid) {
    store.write(List.of(new Change.Delete(Table.PODS, key(uid))));
  }

  /** All records that can be read. One that cannot is named in the log and left where it is. */
  List<PodRecord> all() {
    List<PodRecord> pods = new ArrayList<>();
    for (byte[] uid : store.keys(Table.PODS, new byte[0])) {
      readable(uid).flatMap(this::parse).ifPresent(pods::add);
    }
    return pods;
  }

  private Optional<byte[]> readable(byte[] uid) {
    try {
      return store.read(Table.PODS, uid);
    } catch (StoreException e) {
      if (e.kind() != StoreException.Kind.CORRUPT) {
        throw e;
      }
      log.atError()
          .addKeyValue("uid", new String(uid, StandardCharsets.UTF_8))
          .setCause(e)
          .log("A pod's record is corrupt; the pod starts from scratch");
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

  private static byte[] key(String uid) {
    return uid.getBytes(StandardCharsets.UTF_8);
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
