package io.hiberlet.agent.runtime;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.hiberlet.agent.hostio.Completion;
import io.hiberlet.agent.hostio.Errno;
import io.hiberlet.agent.hostio.HostCalls;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;

/** Hands out queued completions and remembers what a guest asked for. Grants everything. */
final class RecordingCalls implements HostCalls {
  private static final int KEPT = 10_000;

  final Deque<Completion> waiting = new ArrayDeque<>();
  final List<Long> timers = new ArrayList<>();
  final List<Long> wakesIn = new ArrayList<>();
  final List<Long> cancelled = new ArrayList<>();
  final List<byte[]> requests = new ArrayList<>();
  final List<Integer> flags = new ArrayList<>();
  final List<String> written = new ArrayList<>();

  /** What asking for a timer answers. */
  long timer = 77;

  @Override
  public long httpRequest(byte[] message, int flag) {
    requests.add(message);
    flags.add(flag);
    return requests.size();
  }

  @Override
  public long timer(long millis) {
    if (timers.size() < KEPT) {
      timers.add(millis);
    }
    return timer;
  }

  @Override
  public void wakeIn(long millis) {
    wakesIn.add(millis);
  }

  @Override
  public int cancel(long operation) {
    cancelled.add(operation);
    return Errno.NOENT.result();
  }

  @Override
  public int execRead(long operation, byte[] into) {
    written.add("%d read %d".formatted(operation, into.length));
    Arrays.fill(into, (byte) 'x');
    return into.length;
  }

  @Override
  public int execWrite(long operation, int stream, byte[] bytes) {
    written.add("%d %d %s".formatted(operation, stream, new String(bytes, UTF_8)));
    return bytes.length;
  }

  @Override
  public int execExit(long operation, int code) {
    written.add("%d exit %d".formatted(operation, code));
    return 0;
  }

  @Override
  public Completion next() {
    return waiting.poll();
  }

  /** Queues an event whose payload is made of little-endian numbers. */
  void send(int... numbers) {
    var payload = ByteBuffer.allocate(numbers.length * 4).order(ByteOrder.LITTLE_ENDIAN);
    for (int number : numbers) {
      payload.putInt(number);
    }
    waiting.add(new Completion(1, Completion.Kind.BODY_CHUNK, payload.array()));
  }

  /** What was reported since the last time. */
  List<Long> takeTimers() {
    var taken = List.copyOf(timers);
    timers.clear();
    return taken;
  }
}
