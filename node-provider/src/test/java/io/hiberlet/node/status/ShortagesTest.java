package io.hiberlet.node.status;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hiberlet.node.EvictionThresholds;
import io.hiberlet.node.EvictionThresholds.Threshold;
import io.hiberlet.node.Shortage;
import io.hiberlet.node.Shortage.Resource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ShortagesTest {
  private static final Threshold NEVER = Threshold.ofAmount(0);

  @TempDir Path directory;

  @Test
  void memoryIsShortBelow100MebibytesAndOnlyAsLongAsItIs() throws IOException {
    Threshold memory = EvictionThresholds.DEFAULTS.memory();
    setAvailableMemory(50_000);
    assertEquals(
        List.of(new Shortage(Resource.MEMORY, 100 << 20, 50_000 << 10)), shortages(memory, NEVER));
    setAvailableMemory(100 << 10);
    assertEquals(List.of(), shortages(memory, NEVER));
  }

  @Test
  void whatCannotBeMeasuredIsNotShort() {
    var machine = new MachineInfo(directory, directory.resolve("nowhere"));
    assertEquals(List.of(), new Shortages(machine, EvictionThresholds.DEFAULTS).look());
  }

  @Test
  void aDiskIsShortOfWhatItHasLessOf() throws IOException {
    setAvailableMemory(2_048_000);
    long size = Files.getFileStore(directory).getTotalSpace();
    assertEquals(List.of(), shortages(NEVER, NEVER));
    Shortage all = shortages(NEVER, Threshold.ofAmount(size + 1)).get(0);
    assertEquals(Resource.DISK, all.resource());
    assertEquals(size + 1, all.neededBytes());
    assertTrue(all.availableBytes() <= size);
  }

  private List<Shortage> shortages(Threshold memory, Threshold disk) {
    var machine = new MachineInfo(directory, directory);
    return new Shortages(machine, new EvictionThresholds(memory, disk, NEVER)).look();
  }

  private void setAvailableMemory(long kibibytes) throws IOException {
    Files.createDirectories(directory.resolve("proc"));
    Files.writeString(
        directory.resolve("proc/meminfo"),
        "MemTotal:  4096000 kB\nMemAvailable:  %d kB\n".formatted(kibibytes));
  }
}
