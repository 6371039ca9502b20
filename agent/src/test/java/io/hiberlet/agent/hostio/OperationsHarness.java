package io.hiberlet.agent.hostio;

import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Operations on a fake server and a fake clock, all on the test's thread. */
final class OperationsHarness implements OperationsListener, TokenSource {
  static final int STREAM = 1;

  final FakeUpstream server = new FakeUpstream();
  final FakeClock clock = new FakeClock();
  final List<String> moves = new ArrayList<>();
  final List<String> refused = new ArrayList<>();
  final HostIo host;
  int wakes;
  private int tokens;

  OperationsHarness(Limits limits) {
    HostIoConfig config =
        new HostIoConfig(URI.create("http://api"), List.of(), limits, Timeouts.DEFAULT);
    host = new HostIo(config, server, clock, Runnable::run, new SplittableRandom(1));
  }

  ControllerOperations open(OperationsState state) {
    return host.open(state, this, this);
  }

  static byte[] get(String target) {
    return ("GET " + target + " HTTP/1.1\r\nHost: x\r\n\r\n").getBytes(StandardCharsets.UTF_8);
  }

  /** A line of a watch. */
  static String event(String type, String version) {
    return "{\"type\":\""
        + type
        + "\",\"object\":{\"kind\":\"X\",\"metadata\":{\"name\":\"n\",\"resourceVersion\":\""
        + version
        + "\"}}}\n";
  }

  static String error(int code) {
    return "{\"type\":\"ERROR\",\"object\":{\"kind\":\"Status\",\"metadata\":{},\"code\":"
        + code
        + "}}\n";
  }

  /** Takes the next completion and writes it as one line. */
  static String take(ControllerOperations operations) {
    Completion next = operations.next();
    if (next == null) {
      return "nothing";
    }
    ByteBuffer payload = ByteBuffer.wrap(next.payload()).order(ByteOrder.LITTLE_ENDIAN);
    String content =
        switch (next.kind()) {
          case ERROR -> Integer.toString(payload.getInt());
          case STOP -> Long.toString(payload.getLong());
          case EXEC -> payload.getInt() + " " + text(next).substring(4).replace('\0', ';');
          case RESIZE -> payload.getInt() + "x" + payload.getInt();
          case RESPONSE_HEAD -> text(next).split(" ", -1)[1];
          default -> text(next);
        };
    return (next.operation() + " " + next.kind() + " " + content).strip();
  }

  static List<String> takeAll(ControllerOperations operations) {
    List<String> all = new ArrayList<>();
    while (operations.hasCompletions()) {
      all.add(take(operations));
    }
    return all;
  }

  private static String text(Completion completion) {
    return new String(completion.payload(), StandardCharsets.UTF_8);
  }

  @Override
  public CompletionStage<String> token() {
    return CompletableFuture.completedFuture("token-" + ++tokens);
  }

  @Override
  public void refused(String token) {
    refused.add(token);
  }

  @Override
  public void completionsWaiting() {
    wakes++;
  }

  @Override
  public void positionMoved(long operation, String resourceVersion) {
    moves.add(operation + "@" + resourceVersion);
  }
}
