package io.hiberlet.node.staticpod;

import io.hiberlet.node.PodKey;
import io.hiberlet.node.staticpod.ManifestFile.Stamp;
import io.hiberlet.node.task.RepeatedTask;
import io.kubernetes.client.openapi.models.V1ObjectMeta;
import io.kubernetes.client.openapi.models.V1Pod;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The pods that the files of a folder describe, one each. The folder is looked at every two
 * seconds, which any file system can do, and only what changed is read. Other than with the
 * kubelet, nothing that goes wrong ends a pod that runs: while its file is bad, or the folder
 * cannot be read, it goes on as it was, restarts of the agent included.
 *
 * <p>{@link #begin} is called once, before all else; {@link #run} belongs to one thread. The other
 * methods may be called by any.
 */
public final class StaticPods implements RepeatedTask.Step {
  private static final Logger log = LoggerFactory.getLogger(StaticPods.class);
  static final Duration PERIOD = Duration.ofSeconds(2);
  static final Duration SOON = Duration.ofSeconds(1);
  static final int MOST_FILES = 100;

  private final @Nullable Path folder;
  private final PodManifest manifests;
  private final Consumer<String> refusals;
  private final Clock clock;
  private final Map<String, V1Pod> byFile = new ConcurrentHashMap<>();

  /** By file, as it was when it was read. Owned by the thread that looks. */
  private final Map<String, Stamp> read = new HashMap<>();

  /** Files that described no pod when they were read. Owned by the thread that looks. */
  private final Set<String> refused = new HashSet<>();

  private Consumer<Set<PodKey>> changed = keys -> {};

  /**
   * @param folder null when there are to be no static pods
   * @param refusals is told which file was refused, and why
   */
  public StaticPods(@Nullable Path folder, String node, Consumer<String> refusals, Clock clock) {
    this.folder = folder;
    this.manifests = new PodManifest(node);
    this.refusals = refusals;
    this.clock = clock;
  }

  /**
   * Takes a first look.
   *
   * @param remembered the static pods of an earlier process
   * @param listener is told of pods that came or went, from now on
   */
  public void begin(List<V1Pod> remembered, Consumer<Set<PodKey>> listener) {
    changed = listener;
    if (folder == null) {
      return;
    }
    for (V1Pod pod : remembered) {
      StaticPodAnnotations.file(pod).ifPresent(file -> byFile.put(file, pod));
    }
    try {
      look(folder);
    } catch (IOException e) {
      log.atWarn()
          .addKeyValue("folder", folder)
          .addKeyValue("cause", e)
          .log("Cannot read the folder of static pods; those that are known go on");
    }
  }

  /** Whether there is a folder to look at. */
  public boolean isEnabled() {
    return folder != null;
  }

  /** Exactly this pod. */
  public Optional<V1Pod> get(PodKey key) {
    return list().stream().filter(pod -> keyOf(pod).equals(key)).findFirst();
  }

  /** The pod that has this name now. */
  public Optional<V1Pod> get(String namespace, String name) {
    return list().stream().filter(pod -> isNamed(pod, namespace, name)).findFirst();
  }

  /** All of them; shared, and not to be changed. */
  public List<V1Pod> list() {
    return List.copyOf(byFile.values());
  }

  @Override
  public Duration run() throws IOException {
    return folder == null || look(folder) ? PERIOD : SOON;
  }

  /** Says whether all files could be read as they will stay. */
  private boolean look(Path from) throws IOException {
    Instant now = clock.instant();
    Map<String, ManifestFile> files = ManifestFile.allIn(from, MOST_FILES);
    Set<PodKey> concerned = new HashSet<>();
    Set<String> gone = new HashSet<>(byFile.keySet());
    gone.removeAll(files.keySet());
    gone.forEach(file -> concerned.add(forget(file)));
    read.keySet().retainAll(files.keySet());
    refused.retainAll(files.keySet());
    boolean settled = true;
    for (Map.Entry<String, ManifestFile> entry : files.entrySet()) {
      ManifestFile file = entry.getValue();
      if (file.stamp().equals(read.get(entry.getKey()))) {
        continue;
      }
      if (file.isBeingWritten(now)) {
        settled = false;
      } else {
        concerned.addAll(take(entry.getKey(), file, now));
      }
    }
    if (concerned.isEmpty()) {
      return settled;
    }
    changed.accept(concerned);
    boolean nameIsFree = concerned.stream().anyMatch(pod -> get(pod).isEmpty());
    return !(nameIsFree && read.keySet().removeAll(refused)) && settled;
  }

  private PodKey forget(String file) {
    PodKey key = keyOf(Objects.requireNonNull(byFile.remove(file)));
    log.atInfo()
        .addKeyValue("pod", key)
        .addKeyValue("file", file)
        .log("A static pod's file is gone");
    return key;
  }

  /** Returns the pods that came and went. */
  private Set<PodKey> take(String name, ManifestFile file, Instant now) {
    read.put(name, file.stamp());
    V1Pod before = byFile.get(name);
    try {
      V1Pod pod = manifests.read(name, file.read(), now);
      requireFree(pod, name);
      refused.remove(name);
      return replace(name, before, pod);
    } catch (ManifestException e) {
      refused.add(name);
      String message = "%s: %s".formatted(file.path(), e.getMessage());
      log.atError()
          .addKeyValue("goesOn", before == null ? "nothing" : keyOf(before))
          .log("Refused the file of a static pod: {}", message);
      refusals.accept(message);
      return Set.of();
    }
  }

  private Set<PodKey> replace(String file, @Nullable V1Pod before, V1Pod pod) {
    PodKey key = keyOf(pod);
    if (before == null) {
      log.atInfo().addKeyValue("pod", key).addKeyValue("file", file).log("Found a static pod");
    } else if (keyOf(before).equals(key)) {
      StaticPodAnnotations.keepSeen(before, pod);
    } else {
      log.atInfo()
          .addKeyValue("pod", key)
          .addKeyValue("file", file)
          .log("A static pod's file has changed; the pod is replaced");
    }
    byFile.put(file, pod);
    return before == null ? Set.of(key) : Set.copyOf(new HashSet<>(List.of(key, keyOf(before))));
  }

  private void requireFree(V1Pod pod, String file) throws ManifestException {
    for (Map.Entry<String, V1Pod> other : byFile.entrySet()) {
      V1ObjectMeta meta = pod.getMetadata();
      if (!other.getKey().equals(file)
          && isNamed(other.getValue(), meta.getNamespace(), meta.getName())) {
        throw new ManifestException("the pod that it describes is that of " + other.getKey());
      }
    }
  }

  private static boolean isNamed(V1Pod pod, String namespace, String name) {
    PodKey key = keyOf(pod);
    return key.namespace().equals(namespace) && key.name().equals(name);
  }

  private static PodKey keyOf(V1Pod pod) {
    V1ObjectMeta metadata = pod.getMetadata();
    return new PodKey(metadata.getNamespace(), metadata.getName(), metadata.getUid());
  }
}
