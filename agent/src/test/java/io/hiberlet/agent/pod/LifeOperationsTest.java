package io.hiberlet.agent.pod;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.hiberlet.agent.hostio.ControllerOperations;
import io.hiberlet.agent.hostio.HostIo;
import io.hiberlet.agent.hostio.HostIoFixture;
import io.hiberlet.agent.hostio.OperationsListener;
import io.hiberlet.agent.hostio.OperationsState;
import io.hiberlet.agent.hostio.http.Exchange;
import io.hiberlet.agent.hostio.http.ExchangeListener;
import io.hiberlet.agent.hostio.http.ResponseHead;
import io.hiberlet.agent.hostio.http.Upstream;
import io.hiberlet.agent.hostio.http.UpstreamRequest;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** News of a watch that come to the owner of a life in their turn, which may be late. */
class LifeOperationsTest {
  private static final byte[] WATCH =
      "GET /x?watch=true&resourceVersion=5 HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.UTF_8);
  private static final OperationsState AT_5 =
      new OperationsState(2, List.of(new OperationsState.Watch(1, WATCH, 1, "5", true)));

  private final Queue<Runnable> owner = new ArrayDeque<>();
  private final List<String> heard = new ArrayList<>();
  private final Server server = new Server();
  private final LifeOperations operations = new LifeOperations(owner::add, new Heard());

  @BeforeEach
  void open() {
    HostIo host =
        HostIoFixture.open(
            server,
            InstantSource.system(),
            (due, action) -> () -> {},
            Runnable::run,
            new SplittableRandom(1));
    operations.open(new Parts(host), AT_5);
    server.answer.onHead(new ResponseHead(200, "OK", List.of()));
  }

  @Test
  void aPositionThatTheWatchMovesToInSilenceIsTold() {
    line("BOOKMARK", 9);
    runOwner();
    assertEquals(List.of("1 is at 9"), heard);
  }

  /** The guest was awake when it moved, and asleep again before its owner had time to hear it. */
  @Test
  void aPositionThatTheGuestHasReadPastMeanwhileIsNot() {
    line("BOOKMARK", 9);
    line("ADDED", 10);
    operations.open().next();
    runOwner();
    assertEquals(List.of("something to read"), heard);
  }

  @Test
  void ofTwoTheNewerCounts() {
    line("BOOKMARK", 9);
    line("BOOKMARK", 11);
    runOwner();
    assertEquals(List.of("1 is at 11"), heard);
  }

  @Test
  void nothingIsToldOfOperationsThatAreClosed() {
    line("BOOKMARK", 9);
    operations.close();
    runOwner();
    assertEquals(List.of(), heard);
  }

  private void line(String type, int version) {
    String line =
        "{\"type\":\"%s\",\"object\":{\"metadata\":{\"resourceVersion\":\"%d\"}}}\n"
            .formatted(type, version);
    server.answer.onBody(line.getBytes(StandardCharsets.UTF_8));
  }

  private void runOwner() {
    for (Runnable task = owner.poll(); task != null; task = owner.poll()) {
      task.run();
    }
  }

  private final class Heard implements OperationsListener {
    @Override
    public void completionsWaiting() {
      heard.add("something to read");
    }

    @Override
    public void positionMoved(long operation, String resourceVersion) {
      heard.add(operation + " is at " + resourceVersion);
    }
  }

  /** Answers one request by hand. */
  private static final class Server implements Upstream {
    ExchangeListener answer;

    @Override
    public Exchange send(UpstreamRequest request, ExchangeListener listener) {
      answer = listener;
      return new Exchange() {
        @Override
        public void resume() {}

        @Override
        public void cancel() {}
      };
    }

    @Override
    public void close() {}
  }

  private record Parts(HostIo host) implements ControllerParts {
    @Override
    public CompletionStage<GuestSource> loadModule() {
      throw new UnsupportedOperationException();
    }

    @Override
    public ControllerOperations openOperations(OperationsState state, OperationsListener listener) {
      return host.open(state, () -> CompletableFuture.completedFuture("token"), listener);
    }

    @Override
    public void rest() {}

    @Override
    public void close() {}
  }
}
