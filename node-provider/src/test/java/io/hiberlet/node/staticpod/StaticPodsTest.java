package io.hiberlet.node.staticpod;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hiberlet.node.Await;
import io.hiberlet.node.PodKey;
import io.kubernetes.client.openapi.models.V1Pod;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StaticPodsTest {
  private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");

  @TempDir Path root;
  private final List<String> refusals = new ArrayList<>();
  private final Set<String> changed = new TreeSet<>();
  private Instant now = NOW;
  private final Clock clock = ((InstantSource) () -> now).withZone(ZoneOffset.UTC);
  private Path folder;
  private StaticPods pods;

  @BeforeEach
  void create() throws IOException {
    folder = Files.createDirectory(root.resolve("pods"));
    pods = newPods();
  }

  @Test
  void readsAFileForEachPod() throws Exception {
    write("a.yaml", pod("a"));
    write("b", pod("b"));
    write(".hidden.yaml", pod("c"));
    Files.createDirectory(folder.resolve("folder"));
    Files.createSymbolicLink(folder.resolve("nowhere"), Path.of("absent"));
    begin();
    assertEquals(Set.of("a-edge", "b-edge"), names());
    assertTrue(refusals.isEmpty(), refusals.toString());
    V1Pod a = pods.get("default", "a-edge").orElseThrow();
    assertEquals(a, pods.get(key(a)).orElseThrow());
  }

  @Test
  void tellsWhichPodsCameChangedAndWent() throws Exception {
    write("a.yaml", pod("a"));
    write("b.yaml", pod("b"));
    begin();
    changed.clear();
    assertEquals(StaticPods.PERIOD, pods.run());
    assertEquals(Set.of(), changed);

    String before = uid("a-edge");
    write("a.yaml", pod("a") + "#");
    Files.delete(folder.resolve("b.yaml"));
    write("c.yaml", pod("c"));
    pods.run();
    assertEquals(Set.of("a-edge", "c-edge"), names());
    assertEquals(4, changed.size());
    assertTrue(changed.contains(before) && changed.contains(uid("a-edge")), changed.toString());
  }

  @Test
  void aBadFileHarmsNoOtherAndLeavesItsPodAsItWas() throws Exception {
    write("a.yaml", pod("a"));
    begin();
    String before = uid("a-edge");
    write("a.yaml", "apiVersion: v1");
    write("b.yaml", pod("b"));
    pods.run();
    assertEquals(Set.of("a-edge", "b-edge"), names());
    assertEquals(before, uid("a-edge"));
    assertEquals(List.of(folder.resolve("a.yaml") + ": it is no Pod of apiVersion v1"), refusals);
    pods.run();
    refusals.clear();
    pods.run();
    assertEquals(List.of(), refusals, "told once");

    pods = restarted(pods);
    assertEquals(before, uid("a-edge"), "also after a restart");
  }

  @Test
  void waitsUntilAFileIsComplete() throws Exception {
    begin();
    write("a.yaml", pod("a"));
    Files.setLastModifiedTime(folder.resolve("a.yaml"), FileTime.from(now.minusMillis(999)));
    assertEquals(StaticPods.SOON, pods.run());
    assertEquals(Set.of(), names());
    now = now.plusMillis(1);
    assertEquals(StaticPods.PERIOD, pods.run());
    assertEquals(Set.of("a-edge"), names());
  }

  @Test
  void ofTwoFilesForOnePodTheFirstHasItUntilItGoes() throws Exception {
    write("a.yaml", pod("a"));
    write("b.yaml", pod("a"));
    begin();
    assertEquals(
        List.of(folder.resolve("b.yaml") + ": the pod that it describes is that of a.yaml"),
        refusals);
    String first = uid("a-edge");
    Files.delete(folder.resolve("a.yaml"));
    assertEquals(StaticPods.SOON, pods.run());
    assertEquals(Set.of(), names());
    pods.run();
    assertEquals(Set.of("a-edge"), names());
    assertTrue(!uid("a-edge").equals(first));
  }

  @Test
  void refusesFilesThatAreTooLarge() throws Exception {
    write("a.yaml", pod("a") + "#".repeat(ManifestFile.MOST_BYTES));
    begin();
    assertEquals(List.of(folder.resolve("a.yaml") + ": it is larger than 1048576 bytes"), refusals);
  }

  @Test
  void readsAFileAgainWhenItsRightsChange() throws Exception {
    write("a.yaml", "apiVersion: v1");
    begin();
    refusals.clear();
    Await.until( // such times are told apart only after some milliseconds
        "another look",
        () -> {
          Files.setPosixFilePermissions(
              folder.resolve("a.yaml"), PosixFilePermissions.fromString("rw-------"));
          pods.run();
          return !refusals.isEmpty();
        });
  }

  @Test
  void looksAtNoMoreThanAHundredFiles() throws Exception {
    write("a.yaml", pod("a"));
    begin();
    for (int i = 0; i < StaticPods.MOST_FILES; i++) {
      write("more-" + i, pod("more-" + i));
    }
    String message = assertThrows(IOException.class, () -> pods.run()).getMessage();
    assertEquals("there are more than 100 files in " + folder, message);
    assertEquals(Set.of("a-edge"), names());
  }

  @Test
  void podsGoOnWhileTheFolderIsAway() throws Exception {
    write("a.yaml", pod("a"));
    begin();
    String uid = uid("a-edge");
    Files.move(folder, root.resolve("away"));
    assertThrows(IOException.class, () -> pods.run());
    assertEquals(Set.of("a-edge"), names());
    pods = restarted(pods);
    assertEquals(uid, uid("a-edge"));
    Files.move(root.resolve("away"), folder);
    pods.run();
    assertEquals(uid, uid("a-edge"));
  }

  @Test
  void aRestartFindsThePodsAsTheyWere() throws Exception {
    write("a.yaml", pod("a"));
    write("b.yaml", pod("b"));
    begin();
    V1Pod before = pods.get("default", "a-edge").orElseThrow();
    now = now.plusSeconds(3600);
    Files.delete(folder.resolve("b.yaml"));
    pods = restarted(pods);
    assertEquals(List.of(before), pods.list());
  }

  private StaticPods newPods() {
    return new StaticPods(folder, "edge", refusals::add, clock);
  }

  private StaticPods restarted(StaticPods before) {
    StaticPods next = newPods();
    next.begin(before.list(), keys -> {});
    return next;
  }

  private void begin() {
    pods.begin(List.of(), keys -> keys.forEach(key -> changed.add(key.uid())));
  }

  /** A file that was complete a while ago. */
  private void write(String file, String text) throws IOException {
    Path path = Files.writeString(folder.resolve(file), text);
    Files.setLastModifiedTime(path, FileTime.from(now.minusSeconds(60)));
  }

  private static String pod(String name) {
    return """
    apiVersion: v1
    kind: Pod
    metadata: {name: %s}
    spec: {containers: [{name: main, image: x}]}
    """
        .formatted(name);
  }

  private Set<String> names() {
    Set<String> names = new TreeSet<>();
    pods.list().forEach(pod -> names.add(pod.getMetadata().getName()));
    return names;
  }

  private String uid(String name) {
    return pods.get("default", name).orElseThrow().getMetadata().getUid();
  }

  private static PodKey key(V1Pod pod) {
    return new PodKey("default", pod.getMetadata().getName(), pod.getMetadata().getUid());
  }
}
