package io.hiberlet.agent.eviction;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.hiberlet.node.PodKey;
import io.hiberlet.node.Shortage;
import io.hiberlet.node.Shortage.Resource;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class EvictionTest implements EvictablePods {
  private static final Shortage MEMORY = new Shortage(Resource.MEMORY, 100, 50);
  private static final Shortage DISK = new Shortage(Resource.DISK, 100, 50);

  private final List<String> story = new ArrayList<>();
  private final List<PodUsage> memory = new ArrayList<>();
  private final List<PodUsage> disk = new ArrayList<>();
  private List<Shortage> shortages = List.of();
  private final Eviction eviction =
      new Eviction(() -> shortages, this, shortage -> story.add("short of " + shortage.resource()));

  @Test
  void doesNothingWhileNothingIsShort() {
    memory.add(usage("a"));
    assertEquals(Eviction.PERIOD, eviction.run());
    assertEquals(List.of(), story);
  }

  @Test
  void triesWithoutAnEvictionFirstAndThenEndsOnePodAtATime() {
    memory.addAll(List.of(usage("a"), usage("b")));
    shortages = List.of(MEMORY);
    assertEquals(Eviction.MEMORY_SETTLES, eviction.run());
    assertEquals(List.of("short of MEMORY", "relieve MEMORY"), taken());
    assertEquals(Eviction.MEMORY_SETTLES, eviction.run());
    assertEquals(List.of("evict a"), taken());
    assertEquals(Eviction.MEMORY_SETTLES, eviction.run());
    assertEquals(List.of("evict b"), taken());
    assertEquals(Eviction.PERIOD, eviction.run());
    assertEquals(List.of(), taken());
  }

  @Test
  void aShortageThatWentAndCameBackBeginsWithoutAnEvictionAgain() {
    disk.addAll(List.of(usage("a"), usage("b")));
    shortages = List.of(DISK);
    eviction.run();
    shortages = List.of();
    eviction.run();
    shortages = List.of(DISK);
    assertEquals(Eviction.PERIOD, eviction.run());
    assertEquals(
        List.of("short of DISK", "relieve DISK", "short of DISK", "relieve DISK"), taken());
  }

  @Test
  void memoryComesFirstAndTheDiskWhenThereIsNothingToDoForMemory() {
    disk.add(usage("d"));
    memory.add(usage("m"));
    shortages = List.of(MEMORY, DISK);
    eviction.run();
    eviction.run();
    assertEquals(List.of("short of MEMORY", "relieve MEMORY", "evict m"), taken());
    eviction.run();
    eviction.run();
    assertEquals(List.of("short of DISK", "relieve DISK", "evict d"), taken());
  }

  private List<String> taken() {
    List<String> taken = List.copyOf(story);
    story.clear();
    return taken;
  }

  private static PodUsage usage(String name) {
    return new PodUsage(new PodKey("ns", name, name), 0, false, 0, 10);
  }

  @Override
  public void relieve(Resource resource) {
    story.add("relieve " + resource);
  }

  @Override
  public List<PodUsage> usages(Resource resource) {
    return resource == Resource.MEMORY ? memory : disk;
  }

  @Override
  public void evict(PodKey pod, String message) {
    story.add("evict " + pod.name());
    memory.removeIf(usage -> usage.pod().equals(pod));
    disk.removeIf(usage -> usage.pod().equals(pod));
  }
}
