package io.hiberlet.agent.hostio;

import static io.hiberlet.agent.hostio.OperationsHarness.STREAM;
import static io.hiberlet.agent.hostio.OperationsHarness.event;
import static io.hiberlet.agent.hostio.OperationsHarness.get;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hiberlet.agent.hostio.FakeUpstream.Sent;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A watch under random interruptions against a model: a server that has a history, a guest that
 * keeps what it read, and a snapshot of both. Whatever breaks when, the guest has read the history
 * in order and without a gap.
 */
class WatchModelTest {
  private static final int STEPS = 400;
  private static final Pattern VERSION = Pattern.compile("resourceVersion=(\\d+)");

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20})
  void noEventIsLostAndTheOrderIsKept(long seed) {
    Run run = new Run(new Random(seed));
    for (int i = 0; i < STEPS; i++) {
      run.step();
    }
    run.settle();
    assertEquals(run.history, run.read.size(), "seed " + seed);
  }

  private static final class Run {
    private final Random random;
    private final OperationsHarness harness = new OperationsHarness(Limits.DEFAULT);
    private ControllerOperations operations = harness.open(OperationsState.INITIAL);
    private @Nullable Sent stream;
    private List<Integer> read = new ArrayList<>();
    private OperationsState saved;
    private List<Integer> savedRead = List.of();
    private int history;
    private int streamed;

    Run(Random random) {
      this.random = random;
      operations.httpRequest(get("/x?watch=true&resourceVersion=1000"), STREAM);
      saved = operations.capture();
    }

    void step() {
      switch (random.nextInt(9)) {
        case 0 -> history++;
        case 1, 2 -> stream(random.nextInt(4));
        case 3 -> bookmark();
        case 4, 5 -> guestReads(random.nextInt(4));
        case 6 -> breakOff();
        case 7 -> save();
        default -> {
          if (random.nextInt(3) == 0) {
            crash();
          } else {
            harness.clock.pass(Duration.ofSeconds(random.nextInt(40)));
          }
        }
      }
    }

    void settle() {
      breakOff();
      harness.clock.pass(Duration.ofMinutes(1));
      stream(Integer.MAX_VALUE);
      guestReads(Integer.MAX_VALUE);
    }

    private void connect() {
      if (stream == null && !harness.server.isQuiet()) {
        stream = harness.server.next().head(200);
        Matcher version = VERSION.matcher(stream.request.target());
        assertTrue(version.find());
        streamed = Integer.parseInt(version.group(1)) - 1000;
      }
    }

    private void stream(int count) {
      connect();
      StringBuilder lines = new StringBuilder();
      for (int i = 0; i < count && stream != null && streamed < history; i++) {
        lines.append(event("MODIFIED", Integer.toString(1000 + ++streamed)));
      }
      if (!lines.isEmpty()) {
        int cut = random.nextInt(lines.length());
        stream.body(lines.substring(0, cut)).body(lines.substring(cut));
      }
    }

    private void bookmark() {
      connect();
      if (stream != null) {
        stream.body(event("BOOKMARK", Integer.toString(1000 + streamed)));
      }
    }

    private void breakOff() {
      connect();
      if (stream != null) {
        stream.body("{\"type\":\"MODI");
        if (random.nextBoolean()) {
          stream.fail();
        } else {
          stream.end();
        }
        stream = null;
      }
    }

    private void guestReads(int count) {
      for (int i = 0; i < count && operations.hasCompletions(); i++) {
        Completion next = operations.next();
        if (next.kind() == Completion.Kind.BODY_CHUNK) {
          String text = new String(next.payload(), StandardCharsets.UTF_8);
          int number = Integer.parseInt(text.replaceAll("\\D", "")) - 1000;
          assertEquals(read.size() + 1, number);
          read.add(number);
        }
      }
    }

    private void save() {
      saved = operations.capture();
      savedRead = List.copyOf(read);
    }

    private void crash() {
      operations.close();
      while (!harness.server.isQuiet()) {
        harness.server.next();
      }
      stream = null;
      read = new ArrayList<>(savedRead);
      operations = harness.open(saved);
    }
  }
}
