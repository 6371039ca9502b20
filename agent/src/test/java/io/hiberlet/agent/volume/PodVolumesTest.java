package io.hiberlet.agent.volume;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.hiberlet.agent.admission.MountSpec;
import io.hiberlet.agent.admission.VolumeSource;
import io.hiberlet.agent.admission.VolumeSpec;
import io.hiberlet.agent.runtime.file.FileTree;
import io.hiberlet.agent.runtime.file.OpenFile;
import io.hiberlet.agent.runtime.file.OpenMode;
import io.hiberlet.node.object.FakePodObjects;
import io.hiberlet.node.object.ObjectName;
import io.hiberlet.node.object.PodObject;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class PodVolumesTest {
  private static final ObjectName CONFIG = ObjectName.configMap("ns", "config");
  private static final ObjectName SECRET = ObjectName.secret("ns", "hidden");
  private static final String POD = "uid-1";

  @TempDir private Path root;
  private final FakePodObjects objects = new FakePodObjects();
  private PodVolumes volumes;

  @BeforeEach
  void open() {
    volumes = new PodVolumes(root, objects, Runnable::run);
  }

  private static List<MountSpec> mounts(VolumeSource... sources) {
    return List.of(new MountSpec("/etc/x", "", new VolumeSpec("v", List.of(sources))));
  }

  private static PodObject object(String... keysAndValues) {
    Map<String, byte[]> data = new TreeMap<>();
    for (int i = 0; i < keysAndValues.length; i += 2) {
      data.put(keysAndValues[i], keysAndValues[i + 1].getBytes(UTF_8));
    }
    return new PodObject(data, Map.of(), false);
  }

  private Path folder() {
    return root.resolve(POD).resolve(".volumes/v");
  }

  /** What a guest would see. */
  private Map<String, String> files(List<MountSpec> mounts) throws IOException {
    FileTree tree = new FileTree(volumes.mounts(POD, mounts));
    Map<String, String> files = new TreeMap<>();
    collect(tree, mounts.getFirst().path(), "", files);
    return files;
  }

  private static void collect(FileTree tree, String root, String at, Map<String, String> files)
      throws IOException {
    if (tree.find(root + at).orElseThrow().folder()) {
      for (String name : tree.list(root + at)) {
        collect(tree, root, at + "/" + name, files);
      }
      return;
    }
    try (OpenFile file = tree.open(root + at, OpenMode.existing(true, false))) {
      ByteBuffer bytes = ByteBuffer.allocate((int) file.size());
      file.read(bytes, 0);
      files.put(at.isEmpty() ? "" : at.substring(1), new String(bytes.array(), UTF_8));
    }
  }

  private String refusal(VolumeSource... sources) {
    return assertThrows(VolumeException.class, () -> volumes.write(POD, mounts(sources)))
        .getMessage();
  }

  @Test
  void sourcesAddUpAndTheLaterReplaceTheEarlier() throws Exception {
    objects.put(
        CONFIG, new PodObject(Map.of("a", new byte[] {'1'}), Map.of("b", new byte[] {'2'}), false));
    objects.put(SECRET, object("a", "secret", "other", "x"));
    var mounts =
        mounts(
            new VolumeSource.Keys(CONFIG, Map.of(), false),
            new VolumeSource.Keys(SECRET, Map.of("a", "a", "deep/er", "a"), false),
            new VolumeSource.Field("labels", "app=\"ring\""),
            new VolumeSource.Keys(ObjectName.secret("ns", "absent"), Map.of(), true),
            new VolumeSource.Keys(SECRET, Map.of("none", "absent"), true));
    volumes.write(POD, mounts);
    assertEquals(
        Map.of("a", "secret", "b", "2", "deep/er", "secret", "labels", "app=\"ring\""),
        files(mounts));
  }

  @Test
  void onlyTheAgentMayReadThem() throws Exception {
    objects.put(SECRET, object("a", "secret"));
    volumes.write(POD, mounts(new VolumeSource.Keys(SECRET, Map.of("x/a", "a"), false)));
    try (Stream<Path> all = Files.walk(root.resolve(POD))) {
      for (Path each : all.filter(path -> !Files.isSymbolicLink(path)).toList()) {
        boolean isFolder = Files.isDirectory(each, LinkOption.NOFOLLOW_LINKS);
        assertEquals(
            isFolder ? "rwx------" : "rw-------",
            PosixFilePermissions.toString(Files.getPosixFilePermissions(each)),
            each.toString());
      }
    }
  }

  @Test
  void whatIsMissingIsSaidInTheKubeletsWords() {
    String failed = "MountVolume.SetUp failed for volume \"v\" : ";
    VolumeSource.Keys all = new VolumeSource.Keys(CONFIG, Map.of(), false);
    assertEquals(failed + "configmap \"config\" not found", refusal(all));
    objects.put(CONFIG, object("a", "1"));
    assertEquals(
        failed + "configmap references non-existent config key: b",
        refusal(new VolumeSource.Keys(CONFIG, Map.of("x", "b"), false)));
    objects.put(SECRET, object());
    assertEquals(
        failed + "secret references non-existent secret key: b",
        refusal(new VolumeSource.Keys(SECRET, Map.of("x", "b"), false)));
    objects.failWith(403);
    var forbidden = assertThrows(VolumeException.class, () -> volumes.write(POD, mounts(all)));
    assertEquals(CONFIG, forbidden.waitsFor());
  }

  @ParameterizedTest
  @ValueSource(strings = {"..", "../x", "a/../../x", "..data", "/x", "a//b", ".", "a\u0000b", ""})
  void aKeyThatIsNoNameLeadsNowhere(String key) throws Exception {
    objects.put(CONFIG, object(key, "x"));
    refusal(new VolumeSource.Keys(CONFIG, Map.of(), false));
    assertFalse(Files.exists(root.resolve(POD)), "nothing may be written");
  }

  @Test
  void aVolumeIsNotLargerThanItMayBe() {
    objects.put(CONFIG, object("a", "x".repeat(3 << 20)));
    refusal(
        new VolumeSource.Keys(CONFIG, Map.of("one", "a"), false),
        new VolumeSource.Keys(CONFIG, Map.of("two", "a"), false));
  }

  @Test
  void aChangeReplacesAllFilesAtOnceAndLeavesNothingBehind() throws Exception {
    objects.put(CONFIG, object("a", "1", "gone", "1"));
    var mounts = mounts(new VolumeSource.Keys(CONFIG, Map.of(), false));
    volumes.write(POD, mounts);
    Path before = folder().resolve("..data").toRealPath();
    volumes.write(POD, mounts);
    assertEquals(before, folder().resolve("..data").toRealPath(), "nothing has changed");
    VolumeUpdates updates = volumes.follow(POD, mounts);
    objects.put(CONFIG, object("a", "2"));
    assertEquals(Map.of("a", "2"), files(mounts));
    try (Stream<Path> entries = Files.list(folder())) {
      assertEquals(2, entries.count(), "the link and what it leads to");
    }
    objects.remove(CONFIG);
    assertEquals(Map.of("a", "2"), files(mounts), "what is gone stays, as with the kubelet");
    updates.close();
    assertEquals(0, objects.followers(CONFIG));
    objects.put(CONFIG, object("a", "3"));
    assertEquals(Map.of("a", "2"), files(mounts), "nobody follows any more");
  }

  @Test
  void aWritingThatWasCutShortIsSweptAway() throws Exception {
    objects.put(CONFIG, object("a", "1"));
    var mounts = mounts(new VolumeSource.Keys(CONFIG, Map.of(), false));
    Files.createDirectories(folder().resolve("..123"));
    Files.writeString(folder().resolve("..123/half"), "x");
    Files.createSymbolicLink(folder().resolve("..data_tmp"), Path.of("..123"));
    volumes.write(POD, mounts);
    assertEquals(Map.of("a", "1"), files(mounts));
    assertFalse(Files.exists(folder().resolve("..123")));
  }

  @Test
  void aPartOfAVolumeIsItsOwnMount() throws Exception {
    objects.put(CONFIG, object("a", "1", "b", "2"));
    var volume = new VolumeSpec("v", List.of(new VolumeSource.Keys(CONFIG, Map.of(), false)));
    var mounts = List.of(new MountSpec("/etc/a.conf", "a", volume));
    volumes.write(POD, mounts);
    assertEquals(Map.of("", "1"), files(mounts));
  }
}
