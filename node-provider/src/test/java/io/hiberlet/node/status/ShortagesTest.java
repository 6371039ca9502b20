package io.hiberlet.node.status;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hiberlet.node.Shortage;
import io.hiberlet.node.Shortage.Resource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ShortagesTest {
  @TempDir Path directory;

  @Test
  void memoryIsShortBelow100MebibytesAndOnlyAsLongAsItIs() throws IOException {
    setAvailableMemory(50_000);
    assertEquals(
        List.of(new Shortage(Resource.MEMORY, 100 << 20, 50_000 << 10)), shortagesOfMemory());
    setAvailableMemory(100 << 10);
    assertEquals(List.of(), shortagesOfMemory());
  }

  @Test
  void whatCannotBeMeasuredIsNotShort() {
    assertEquals(List.of(), new Shortages(machine(directory.resolve("nowhere"))).look());
  }

  @Test
  void aDiskWithRoomIsNotShort() throws IOException {
    setAvailableMemory(2_048_000);
    var machine = machine(directory);
    boolean full = machine.diskAvailable().orElseThrow() < NodeConditions.LEAST_FREE;
    assertTrue(full == !new Shortages(machine).look().isEmpty());
  }

  private List<Shortage> shortagesOfMemory() {
    return new Shortages(machine(directory.resolve("nowhere"))).look();
  }

  private MachineInfo machine(Path data) {
    return new MachineInfo(directory, data);
  }

  private void setAvailableMemory(long kibibytes) throws IOException {
    Files.createDirectories(directory.resolve("proc"));
    Files.writeString(
        directory.resolve("proc/meminfo"),
        "MemTotal:  4096000 kB\nMemAvailable:  %d kB\n".formatted(kibibytes));
  }
}
