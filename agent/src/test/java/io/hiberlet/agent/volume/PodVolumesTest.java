package io.hiberlet.agent.volume;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hiberlet.agent.admission.MountSpec;
import io.hiberlet.agent.admission.VolumeSource;
import io.hiberlet.agent.admission.VolumeSpec;
import io.hiberlet.agent.runtime.file.FileException;
import io.hiberlet.agent.runtime.file.FileTree;
import io.hiberlet.agent.runtime.file.OpenFile;
import io.hiberlet.agent.runtime.file.OpenMode;
import io.hiberlet.node.PodKey;
import io.hiberlet.node.object.FakePodObjects;
import io.hiberlet.node.object.ObjectName;
import io.hiberlet.node.object.PodObject;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
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
  private static final PodKey POD = new PodKey("ns", "pod", "uid-1");

  @TempDir private Path root;
  private final FakePodObjects objects = new FakePodObjects();
  private final Map<Runnable, Duration> later = new LinkedHashMap<>();
  private final List<String> trouble = new ArrayList<>();
  private PodVolumes all;
  private VolumesOfPod volumes;

  @BeforeEach
  void open() {
    TokenRequests none =
        (pod, account, life, audiences) -> {
          throw new AssertionError("nobody asked for a token");
        };
    var inputs = new VolumeInputs(objects, none, Clock.systemUTC());
    all = new PodVolumes(root, inputs, this::set, Runnable::run);
    volumes = all.of(POD);
  }

  private Runnable set(Duration delay, Runnable task) {
    later.put(task, delay);
    return () -> later.remove(task);
  }

  private Duration ring() {
    Map.Entry<Runnable, Duration> alarm = later.entrySet().iterator().next();
    later.remove(alarm.getKey());
    alarm.getKey().run();
    return alarm.getValue();
  }

  private static List<MountSpec> mounts(VolumeSource... sources) {
    return mount("", new VolumeSpec.Files("v", List.of(sources)));
  }

  private static List<MountSpec> mount(String subPath, VolumeSpec volume) {
    boolean readOnly = volume instanceof VolumeSpec.Files;
    return List.of(new MountSpec("/etc/x", subPath, false, volume, readOnly));
  }

  private static PodObject object(String... keysAndValues) {
    Map<String, byte[]> data = new TreeMap<>();
    for (int i = 0; i < keysAndValues.length; i += 2) {
      data.put(keysAndValues[i], keysAndValues[i + 1].getBytes(UTF_8));
    }
    return new PodObject(data, Map.of(), false);
  }

  private Path folder() {
    return root.resolve(POD.uid()).resolve(".volumes/v");
  }

  /** What a guest would see. */
  private Map<String, String> files(List<MountSpec> mounts) throws IOException {
    FileTree tree = new FileTree(volumes.mounts(mounts));
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
    return assertThrows(VolumeException.class, () -> volumes.write(mounts(sources))).getMessage();
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
    volumes.write(mounts);
    assertEquals(
        Map.of("a", "secret", "b", "2", "deep/er", "secret", "labels", "app=\"ring\""),
        files(mounts));
  }

  @Test
  void onlyTheAgentMayReadThem() throws Exception {
    objects.put(SECRET, object("a", "secret"));
    volumes.write(mounts(new VolumeSource.Keys(SECRET, Map.of("x/a", "a"), false)));
    try (Stream<Path> all = Files.walk(root.resolve(POD.uid()))) {
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
    var forbidden = assertThrows(VolumeException.class, () -> volumes.write(mounts(all)));
    assertEquals(CONFIG, forbidden.waitsFor());
  }

  @ParameterizedTest
  @ValueSource(strings = {"..", "../x", "a/../../x", "..data", "/x", "a//b", ".", "a\u0000b", ""})
  void aKeyThatIsNoNameLeadsNowhere(String key) throws Exception {
    objects.put(CONFIG, object(key, "x"));
    refusal(new VolumeSource.Keys(CONFIG, Map.of(), false));
    assertFalse(Files.exists(root.resolve(POD.uid())), "nothing may be written");
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
    volumes.write(mounts);
    Path before = folder().resolve("..data").toRealPath();
    volumes.write(mounts);
    assertEquals(before, folder().resolve("..data").toRealPath(), "nothing has changed");
    VolumeUpdates updates = volumes.follow(mounts, trouble::add);
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
    volumes.write(mounts);
    assertEquals(Map.of("a", "1"), files(mounts));
    assertFalse(Files.exists(folder().resolve("..123")));
  }

  @Test
  void aPartOfAVolumeIsItsOwnMount() throws Exception {
    objects.put(CONFIG, object("a", "1", "b", "2"));
    var volume = new VolumeSpec.Files("v", List.of(new VolumeSource.Keys(CONFIG, Map.of(), false)));
    var mounts = mount("a", volume);
    volumes.write(mounts);
    assertEquals(Map.of("", "1"), files(mounts));
  }

  @Test
  void anUpdateThatFailsIsToldAndTriedAgainWithPauses() throws Exception {
    objects.put(CONFIG, object("a", "1"));
    var mounts = mounts(new VolumeSource.Keys(CONFIG, Map.of("a", "a"), false));
    volumes.write(mounts);
    VolumeUpdates updates = volumes.follow(mounts, trouble::add);
    objects.put(CONFIG, object("other", "2"));
    assertEquals(Duration.ofMillis(500), ring());
    assertEquals(Duration.ofSeconds(1), ring());
    assertEquals(
        "MountVolume.SetUp failed for volume \"v\" : configmap references non-existent config key:"
            + " a",
        trouble.getLast());
    assertEquals(3, trouble.size());
    for (int i = 0; i < 9; i++) {
      ring();
    }
    assertEquals(Duration.ofSeconds(122), later.values().iterator().next());
    objects.put(CONFIG, object("a", "3"));
    assertEquals(Map.of("a", "3"), files(mounts));
    assertEquals(Map.of(), later, "all is well");
    objects.put(CONFIG, object("other", "4"));
    assertEquals(1, later.size());
    updates.close();
    assertEquals(Map.of(), later, "nobody is there any more");
  }

  @Test
  void aPodThatIsGoneIsNotWrittenTo() throws Exception {
    objects.put(CONFIG, object("a", "1"));
    all.forget(POD.uid());
    VolumeSource.Keys keys = new VolumeSource.Keys(CONFIG, Map.of(), false);
    assertEquals("MountVolume.SetUp failed for volume \"v\" : the pod is gone", refusal(keys));
    assertThrows(
        VolumeException.class,
        () -> volumes.write(mount("", new VolumeSpec.EmptyDir("e", 1 << 20))));
    assertFalse(Files.exists(root.resolve(POD.uid())));
  }

  @Test
  void containersShareAnEmptyDirAndItsLimit() throws Exception {
    var folder = new VolumeSpec.EmptyDir("e", 3 * 4096);
    List<MountSpec> first = mount("", folder);
    List<MountSpec> second = mount("deep/er", folder);
    volumes.write(first);
    volumes.makeSubPaths(second);
    FileTree one = new FileTree(volumes.mounts(first));
    FileTree other = new FileTree(volumes.mounts(second));
    OpenMode creating = new OpenMode(false, true, true, false, false);
    other.open("/etc/x/file", creating).close();
    assertTrue(one.find("/etc/x/deep/er/file").isPresent());
    assertThrows(FileException.class, () -> one.open("/etc/x/more", creating));
    volumes.write(first);
    assertTrue(one.find("/etc/x/deep/er/file").isPresent(), "it is there until the pod goes");
    one.unlink("/etc/x/deep/er/file");
    one.open("/etc/x/more", creating).close();
  }

  @Test
  void aSubPathThatCannotBeMadeIsTold() throws Exception {
    var folder = new VolumeSpec.EmptyDir("e", 1 << 20);
    volumes.write(mount("", folder));
    Files.writeString(root.resolve(POD.uid()).resolve(".volumes/e/file"), "x");
    assertTrue(
        assertThrows(VolumeException.class, () -> volumes.makeSubPaths(mount("file/below", folder)))
            .getMessage()
            .startsWith("failed to prepare subPath for volumeMount \"e\""));
  }
}
