package io.hiberlet.agent.pod;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.hiberlet.node.ContainerReport.Terminated;
import io.hiberlet.node.PodKey;
import io.hiberlet.snapshot.Change;
import io.hiberlet.snapshot.MemorySnapshotStore;
import io.hiberlet.snapshot.SnapshotStore;
import io.hiberlet.snapshot.Table;
import io.kubernetes.client.openapi.models.V1Container;
import io.kubernetes.client.openapi.models.V1ManagedFieldsEntry;
import io.kubernetes.client.openapi.models.V1ObjectMeta;
import io.kubernetes.client.openapi.models.V1Pod;
import io.kubernetes.client.openapi.models.V1PodSpec;
import io.kubernetes.client.openapi.models.V1PodStatus;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class PodRecordsTest {
  private static final Instant NOW = Instant.parse("2026-01-02T03:04:05.678Z");

  private final SnapshotStore store = new MemorySnapshotStore();
  private final PodRecords records = new PodRecords(store);

  @Test
  void whatIsSavedIsReadAgain() {
    Terminated ended = new Terminated(134, "Trapped", "unreachable", NOW, NOW.plusSeconds(1));
    PodRecord pod =
        PodRecord.of(new PodKey("default", "ring", "uid-1"), NOW)
            .with("a", new PodRecord.Container("image:1", "sha256:aa", NOW, 2, ended, null))
            .with("b", new PodRecord.Container(null, "sha256:bb", NOW, 0, null, null));
    records.save(pod);
    assertEquals(Optional.of(pod), records.load("uid-1"));
    assertEquals(List.of(pod), records.all());
  }

  @Test
  void aRecordThatCannotBeReadHarmsNoOther() {
    PodRecord good = PodRecord.of(new PodKey("default", "good", "uid-2"), NOW);
    records.save(good);
    for (String bad : List.of("{", "[]", "null", "{\"key\":{}}", "{\"containers\":{\"a\":1}}")) {
      put("uid-1", bad);
      assertEquals(Optional.empty(), records.load("uid-1"), bad);
      assertEquals(List.of(good), records.all(), bad);
    }
  }

  @Test
  void aPodIsRememberedWithoutWhatChangesAllTheTime() {
    V1Pod told = pod("7").status(new V1PodStatus().phase("Running"));
    told.getMetadata().addManagedFieldsItem(new V1ManagedFieldsEntry().manager("kubectl"));
    records.remember(told);
    assertEquals(List.of(pod(null)), records.remembered());
    assertEquals(List.of(), records.all());
  }

  @Test
  void whatIsStoredAlreadyIsNotWrittenAgain() {
    AtomicInteger writes = new AtomicInteger();
    PodRecords counted = new PodRecords(counting(store, writes));
    counted.remember(pod("7"));
    counted.remember(pod("8").status(new V1PodStatus().phase("Running")));
    assertEquals(1, writes.get());
    V1Pod changed = pod("9");
    changed.getMetadata().putAnnotationsItem("a", "b");
    counted.remember(changed);
    assertEquals(2, writes.get());
    assertEquals("b", counted.remembered().getFirst().getMetadata().getAnnotations().get("a"));
  }

  @Test
  void aPodThatCannotBeReadHarmsNoOther() {
    records.remember(pod("7"));
    for (String bad : List.of("{", "[]", "null", "{\"metadata\":7}", "{}")) {
      put("uid-1/manifest", bad);
      assertEquals(List.of(pod(null)), records.remembered(), bad);
    }
  }

  @Test
  void deletedIsGone() {
    records.save(PodRecord.of(new PodKey("default", "ring", "uid-2"), NOW));
    records.remember(pod("7"));
    records.delete("uid-2");
    assertEquals(Optional.empty(), records.load("uid-2"));
    assertEquals(List.of(), records.remembered());
  }

  private static V1Pod pod(@Nullable String resourceVersion) {
    return new V1Pod()
        .metadata(
            new V1ObjectMeta()
                .namespace("default")
                .name("ring")
                .uid("uid-2")
                .resourceVersion(resourceVersion))
        .spec(new V1PodSpec().addContainersItem(new V1Container().name("ring").image("i")));
  }

  private static SnapshotStore counting(SnapshotStore store, AtomicInteger writes) {
    return (SnapshotStore)
        Proxy.newProxyInstance(
            SnapshotStore.class.getClassLoader(),
            new Class<?>[] {SnapshotStore.class},
            (proxy, method, arguments) -> {
              if (method.getName().equals("write")) {
                writes.incrementAndGet();
              }
              return method.invoke(store, arguments);
            });
  }

  private void put(String uid, String json) {
    store.write(
        List.of(
            new Change.Put(
                Table.PODS,
                uid.getBytes(StandardCharsets.UTF_8),
                json.getBytes(StandardCharsets.UTF_8))));
  }
}
