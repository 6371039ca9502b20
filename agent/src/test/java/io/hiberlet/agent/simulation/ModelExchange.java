package io.hiberlet.agent.simulation;

import io.hiberlet.agent.hostio.http.Exchange;
import io.hiberlet.agent.hostio.http.ExchangeListener;
import io.hiberlet.agent.hostio.http.Field;
import io.hiberlet.agent.hostio.http.ResponseHead;
import io.hiberlet.agent.hostio.http.UpstreamException;
import io.hiberlet.agent.hostio.http.UpstreamException.Reason;
import io.hiberlet.agent.hostio.http.UpstreamRequest;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** One request to a {@link ModelServer} and its answer. */
final class ModelExchange implements Exchange {
  private static final Pattern VERSION = Pattern.compile("resourceVersion=([0-9a-f]{16})");
  private static final int LONGEST_DELAY_MILLIS = 800;

  private final ModelServer server;
  private final SplittableRandom random;
  private final UpstreamRequest request;
  private final ExchangeListener listener;
  private final Schedule.Lane lane;
  private final ModelPod pod;
  private final StringBuilder unsent = new StringBuilder();
  private int sent;
  private boolean reading = true;
  private boolean over;

  ModelExchange(
      ModelServer server, Schedule.Life life, UpstreamRequest request, ExchangeListener listener) {
    this.server = server;
    this.random = server.random();
    this.request = request;
    this.listener = listener;
    this.lane = server.schedule().lane(life);
    this.pod = server.podOf(request.fields().getLast().value().substring("Bearer ".length()));
  }

  void begin() {
    server.schedule().note(() -> pod + " asks " + request.method() + " " + request.target());
    lane.later(delay(), this::arrive);
  }

  ModelPod pod() {
    return pod;
  }

  boolean isOver() {
    return over;
  }

  @Override
  public void resume() {
    reading = true;
    wake();
  }

  /** What is under way may still arrive, or not. */
  @Override
  public void cancel() {
    if (random.nextBoolean()) {
      over = true;
    } else {
      lane.execute(() -> over = true);
    }
  }

  private void arrive() {
    if (over) {
      return;
    }
    if (!server.inTrouble()) {
      serve(true);
      return;
    }
    switch (random.nextInt(5)) {
      case 0 -> fail();
      case 1 -> serve(false);
      case 2 -> refuse(503);
      case 3 -> refuse(429);
      default -> refuse(401);
    }
  }

  /**
   * @param answered whether the answer gets through
   */
  private void serve(boolean answered) {
    if (request.method().equals("POST")) {
      String wrong = pod.ledger().report(request.target());
      if (wrong != null) {
        server.schedule().violated(wrong);
      }
      server.schedule().note(() -> pod + " reports " + request.target());
      answer(answered, 200, new byte[0]);
    } else if (request.target().contains("watch=true")) {
      watch(answered);
    } else {
      list(answered);
    }
  }

  private void list(boolean answered) {
    if (!pod.mayList()) {
      server.schedule().violated(pod + " lists for no reason");
    }
    int oldest = pod.ledger().sizeAt(server.oldestVersion());
    int size = oldest + random.nextInt(pod.ledger().size() - oldest + 1);
    boolean newest = size == pod.ledger().size();
    long version = newest ? server.version() : pod.ledger().versionAt(size);
    server.schedule().note(() -> pod + " lists " + size + " events");
    answer(answered, 200, pod.ledger().list(size, Math.max(version, server.oldestVersion())));
  }

  private void watch(boolean answered) {
    Matcher from = VERSION.matcher(request.target());
    if (!from.find()) {
      throw new IllegalStateException("a watch from nowhere: " + request.target());
    }
    long version = Ledger.number(from.group(1));
    server.schedule().note(() -> pod + " watches from " + version);
    if (version < server.oldestVersion()) {
      gone();
      return;
    }
    if (!answered) {
      fail();
      return;
    }
    pod.watches();
    head(200);
    sent = pod.ledger().sizeAt(version);
    server.opened(this);
    wake();
  }

  private void gone() {
    pod.hasReasonToList();
    if (random.nextBoolean()) {
      answer(true, 410, Ledger.utf8("gone"));
    } else {
      answer(true, 200, Ledger.utf8(Ledger.gone()));
    }
  }

  private void refuse(int status) {
    server.schedule().note(() -> pod + " is refused: " + status);
    pod.hasReasonToList();
    answer(true, status, Ledger.utf8("not now"));
  }

  private void answer(boolean answered, int status, byte[] body) {
    if (!answered) {
      lane.later(delay(), this::fail);
      return;
    }
    lane.later(
        delay(),
        () -> {
          head(status);
          lane.execute(() -> body(body));
          lane.later(delay(), this::end);
        });
  }

  private void head(int status) {
    if (!over) {
      listener.onHead(new ResponseHead(status, "Reason", List.of(new Field("a", "b"))));
    }
  }

  private void body(byte[] bytes) {
    if (!over && bytes.length > 0) {
      reading = listener.onBody(bytes);
    }
  }

  private void end() {
    if (!over) {
      over = true;
      listener.onEnd();
    }
  }

  private void fail() {
    if (!over) {
      over = true;
      server.schedule().note(() -> pod + " connection lost");
      listener.onFailure(new UpstreamException(Reason.CONNECTION, "the connection broke"));
    }
  }

  // A stream.

  void wake() {
    lane.later(delay(), this::pump);
  }

  void bookmark() {
    lane.execute(
        () -> {
          if (!over) {
            takeEvents();
            unsent.append(Ledger.bookmark(server.version()));
            pump();
          }
        });
  }

  /** Breaks off, in the middle of a line perhaps. */
  void cut() {
    lane.execute(
        () -> {
          if (random.nextBoolean()) {
            end();
          } else {
            fail();
          }
        });
  }

  private void takeEvents() {
    while (sent < pod.ledger().size()) {
      unsent.append(pod.ledger().line(sent++));
    }
  }

  private void pump() {
    if (over || !reading) {
      return;
    }
    takeEvents();
    if (unsent.isEmpty()) {
      return;
    }
    int piece = random.nextBoolean() ? unsent.length() : 1 + random.nextInt(unsent.length());
    String text = unsent.substring(0, piece);
    unsent.delete(0, piece);
    body(Ledger.utf8(text));
    lane.execute(this::pump);
  }

  private Duration delay() {
    int bound = random.nextInt(1 + random.nextInt(LONGEST_DELAY_MILLIS));
    return Duration.ofMillis(bound);
  }
}
