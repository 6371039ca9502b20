package io.hiberlet.node.status;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.hiberlet.node.EvictionThresholds;
import io.hiberlet.node.EvictionThresholds.Threshold;
import io.kubernetes.client.openapi.models.V1NodeCondition;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NodeConditionsTest {
  private static final Threshold NEVER = Threshold.ofAmount(0);

  @TempDir Path directory;
  private OffsetDateTime now = OffsetDateTime.parse("2026-01-02T03:04:05Z");
  private NodeConditions conditions;

  @BeforeEach
  void create() throws IOException {
    Files.createDirectories(directory.resolve("proc/sys/kernel"));
    Files.writeString(directory.resolve("proc/loadavg"), "0.1 0.2 0.3 1/950 4711\n");
    Files.writeString(directory.resolve("proc/sys/kernel/threads-max"), "1000\n");
    Files.writeString(directory.resolve("proc/sys/kernel/pid_max"), "4194304\n");
    setAvailableMemory(2_048_000);
    with(EvictionThresholds.DEFAULTS.memory(), NEVER, NEVER);
  }

  @Test
  void whatIsLeftIsComparedWithWhatMustBe() {
    with(Threshold.ofAmount(1000L << 20), Threshold.ofAmount(Long.MAX_VALUE), percent(4));
    assertEquals(List.of("False", "True", "False", "True"), look());
    with(percent(60), NEVER, percent(6));
    assertEquals(List.of("True", "False", "True", "True"), look());
    with(percent(40), percent(100 - 1e-9), Threshold.ofAmount(50));
    assertEquals(List.of("False", "True", "False", "True"), look());
    with(NEVER, NEVER, Threshold.ofAmount(51));
    assertEquals(List.of("False", "False", "True", "True"), look());
    assertEquals(List.of("PIDPressure"), conditions.pressures());
  }

  @Test
  void nothingIsEverShortWhereNothingMustBeLeft() throws IOException {
    setAvailableMemory(0);
    with(NEVER, percent(0), NEVER);
    assertEquals(List.of("False", "False", "False", "True"), look());
  }

  @Test
  void whatCannotBeMeasuredIsUnknown() throws IOException {
    Files.delete(directory.resolve("proc/meminfo"));
    Files.delete(directory.resolve("proc/loadavg"));
    assertEquals(List.of("Unknown", "False", "Unknown", "True"), look());
    assertEquals(List.of(), conditions.pressures());
  }

  @Test
  void aPressureStaysForFiveMinutesAfterItWasLastSeen() throws IOException {
    setAvailableMemory(50_000);
    assertEquals("True", look().get(0));
    setAvailableMemory(2_048_000);
    now = now.plusMinutes(4);
    assertEquals("True", look().get(0));
    assertEquals(List.of("MemoryPressure"), conditions.pressures());
    now = now.plusMinutes(1);
    assertEquals("False", look().get(0));
    assertEquals(List.of(), conditions.pressures());
  }

  @Test
  void aClockThatIsSetBackKeepsNothingFromBeingTold() throws IOException {
    setAvailableMemory(50_000);
    look();
    setAvailableMemory(2_048_000);
    now = now.minusYears(1);
    assertEquals("False", look().get(0));
  }

  private static Threshold percent(double percent) {
    return Threshold.ofPercent(percent);
  }

  private void with(Threshold memory, Threshold disk, Threshold threads) {
    conditions =
        new NodeConditions(
            new MachineInfo(directory, directory),
            new EvictionThresholds(memory, disk, threads),
            Optional::empty);
  }

  /** Of memory, disk and threads, and whether the node is ready. */
  private List<String> look() {
    return conditions.at(now, List.of()).stream().map(V1NodeCondition::getStatus).toList();
  }

  private void setAvailableMemory(long kibibytes) throws IOException {
    Files.writeString(
        directory.resolve("proc/meminfo"),
        "MemTotal:  4096000 kB\nMemAvailable:  %d kB\n".formatted(kibibytes));
  }
}
