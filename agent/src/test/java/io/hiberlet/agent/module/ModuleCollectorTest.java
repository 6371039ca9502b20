package io.hiberlet.agent.module;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hiberlet.agent.module.registry.Digest;
import io.hiberlet.agent.module.registry.ImageName;
import java.io.ByteArrayInputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModuleCollectorTest {
  private static final Duration MINIMUM = Duration.ofMinutes(2);

  @TempDir Path folder;
  private Instant now = Instant.parse("2026-01-01T00:00:00Z");
  private final Clock clock = ((InstantSource) () -> now).withZone(ZoneOffset.UTC);
  private ModuleStore store;
  private ImageRecords records;
  private long available = 1000;

  @BeforeEach
  void open() throws Exception {
    store = new ModuleStore(folder, 1000, clock);
    records = new ImageRecords(folder);
  }

  /** The disk has 1000 bytes. */
  private ModuleCollector collector(Duration maximumAge) {
    var policy = new CollectionPolicy(85, 80, MINIMUM, Optional.ofNullable(maximumAge));
    return new ModuleCollector(
        store, records, policy, () -> new DiskSpace.Usage(1000, available), clock);
  }

  private void collect(ModuleDigest... inUse) throws Exception {
    collector(null).collect(Set.of(inUse));
  }

  /** Of 100 bytes, 60 of them compiled. */
  private ModuleDigest module(int number) throws Exception {
    byte[] content = new byte[40];
    content[0] = (byte) number;
    ModuleDigest digest = store.write(new ByteArrayInputStream(content));
    Files.write(folder.resolve(digest.hex() + ".compiled"), new byte[60]);
    return digest;
  }

  private void later(Duration span) {
    now = now.plus(span);
  }

  private Set<ModuleDigest> stored() throws Exception {
    return store.stored().keySet();
  }

  @Test
  void diskBelowTheHighThresholdIsLeftAlone() throws Exception {
    ModuleDigest module = module(1);
    later(Duration.ofDays(1000));
    available = 151;
    collect();
    assertEquals(Set.of(module), stored());
  }

  @Test
  void fullDiskIsFreedToTheLowThresholdOldestUseFirst() throws Exception {
    ModuleDigest one = module(1);
    later(Duration.ofMinutes(1));
    ModuleDigest two = module(2);
    later(Duration.ofMinutes(1));
    ModuleDigest three = module(3);
    store.contains(one);
    later(MINIMUM.plusSeconds(1));
    available = 150;
    collect();
    assertEquals(Set.of(one, three), stored());
    assertFalse(Files.exists(folder.resolve(two.hex() + ".compiled")));
    available = 50;
    collect();
    assertEquals(Set.of(), stored());
  }

  @Test
  void whatPodsUseIsNeverRemoved() throws Exception {
    ModuleDigest hibernated = module(1);
    ModuleDigest unused = module(2);
    later(Duration.ofDays(30));
    available = 0;
    collect(hibernated);
    assertEquals(Set.of(hibernated), stored());
    assertFalse(store.contains(unused));
    collector(Duration.ofDays(1)).collect(Set.of(hibernated));
    assertEquals(Set.of(hibernated), stored());
  }

  @Test
  void podsUseCountsUntilItEnds() throws Exception {
    ModuleDigest module = module(1);
    available = 0;
    later(Duration.ofDays(30));
    collect(module);
    later(MINIMUM.minusSeconds(1));
    collect();
    assertEquals(Set.of(module), stored());
    later(Duration.ofSeconds(1));
    collect();
    assertEquals(Set.of(), stored());
  }

  @Test
  void whatIsBeingLoadedIsNotRemoved() throws Exception {
    ModuleDigest module = module(1);
    available = 0;
    try (var _ = store.uses().hold(module)) {
      later(Duration.ofDays(1));
      collect();
      assertEquals(Set.of(module), stored());
    }
    collect();
    assertEquals(Set.of(module), stored());
    later(MINIMUM);
    collect();
    assertEquals(Set.of(), stored());
  }

  @Test
  void restartedAgentTakesWhatItFindsForUsed() throws Exception {
    ModuleDigest module = module(1);
    later(Duration.ofDays(1));
    open();
    available = 0;
    collect();
    assertEquals(Set.of(module), stored());
    later(MINIMUM);
    collect();
    assertEquals(Set.of(), stored());
  }

  @Test
  void oldModulesGoWhateverTheDiskSays() throws Exception {
    ModuleDigest old = module(1);
    later(Duration.ofHours(23));
    ModuleDigest recent = module(2);
    later(Duration.ofHours(1));
    collector(Duration.ofDays(1)).collect(Set.of());
    assertEquals(Set.of(recent), stored());
    assertFalse(Files.exists(folder.resolve(old.hex() + ".wasm")));
  }

  @Test
  void imagesOfARemovedModuleAreForgotten() throws Exception {
    ModuleDigest module = module(1);
    ImageName name = ImageName.parse("r.example/ring:1");
    records.put(
        name, new PulledImage(Digest.of(new byte[1]), module, 40), ImageAccess.EVERYONE, now);
    later(Duration.ofDays(2));
    collector(Duration.ofDays(1)).collect(Set.of());
    assertEquals(Optional.empty(), records.find(name));
    assertEquals(List.of(), new ImageRecords(folder).list());
  }

  @Test
  void otherFilesAreLeftAlone() throws Exception {
    Files.createDirectories(folder.resolve("compiling"));
    Files.writeString(folder.resolve("README"), "mine");
    later(Duration.ofDays(2));
    collector(Duration.ofDays(1)).collect(Set.of());
    assertTrue(Files.exists(folder.resolve("README")));
  }

  @Test
  void thisDiskHasASize() throws Exception {
    DiskSpace.Usage usage = DiskSpace.of(folder).usage();
    assertTrue(usage.capacity() > 0 && usage.available() <= usage.capacity(), usage.toString());
    assertTrue(usage.usedPercent() >= 0 && usage.usedPercent() <= 100, usage.toString());
  }
}
