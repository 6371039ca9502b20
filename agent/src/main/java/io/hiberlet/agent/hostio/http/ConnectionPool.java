package io.hiberlet.agent.hostio.http;

import io.hiberlet.agent.hostio.http.Connector.Opened;
import io.hiberlet.agent.hostio.http.UpstreamException.Reason;
import io.netty.util.concurrent.Future;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * The connections to the server and the calls that wait for one. HTTP/2 needs few: another is
 * opened when the streams of the others are all taken. HTTP/1.1 needs one per call under way.
 * Belongs to one event loop.
 */
@SuppressWarnings("FutureReturnValueIgnored") // the pipeline tells what became of it
final class ConnectionPool implements Connection.Pool {
  private static final int MAX_MULTIPLEXED = 64;
  private static final int MAX_SEQUENTIAL = 512;
  private static final int MAX_WAITING = 16_384;

  private final Connector connector;
  private final UpstreamConfig config;
  private final List<Connection> connections = new ArrayList<>();
  private final Deque<Call> waiting = new ArrayDeque<>();
  private int opening;
  private boolean multiplexed = true;
  private boolean closed;

  ConnectionPool(Connector connector, UpstreamConfig config) {
    this.connector = connector;
    this.config = config;
  }

  /** Sends a call over the first connection that has room, now or later. */
  void submit(Call call) {
    if (closed) {
      call.fail(new UpstreamException(Reason.CONNECTION, "the host is shutting down"));
    } else if (waiting.size() >= MAX_WAITING) {
      call.fail(
          new UpstreamException(
              Reason.CONNECTION, MAX_WAITING + " requests wait for a connection already"));
    } else {
      call.unsent();
      waiting.add(call);
      dispatch();
    }
  }

  void close() {
    closed = true;
    failWaiting(new UpstreamException(Reason.CONNECTION, "the host is shutting down"));
    List.copyOf(connections).forEach(Connection::close);
  }

  @Override
  public void roomMade() {
    dispatch();
  }

  @Override
  public void gone(Connection connection) {
    connections.remove(connection);
    if (connection.isSettling()) {
      failWaiting(
          new UpstreamException(
              Reason.CONNECTION, "the server closed the connection before it could be used"));
    }
    dispatch();
  }

  @Override
  public void returned(Call call, boolean untouched, UpstreamException failure) {
    if (untouched && call.mayRetry()) {
      submit(call);
    } else {
      call.fail(failure);
    }
  }

  private void dispatch() {
    waiting.removeIf(Call::isOver);
    for (Connection connection : List.copyOf(connections)) {
      while (!waiting.isEmpty() && connection.hasRoom()) {
        connection.carry(waiting.remove());
      }
    }
    openMore();
  }

  private void openMore() {
    if (connections.stream().anyMatch(Connection::isSettling)) {
      return;
    }
    int wanted = multiplexed ? Math.min(1, waiting.size()) : waiting.size();
    int room = (multiplexed ? MAX_MULTIPLEXED : MAX_SEQUENTIAL) - connections.size();
    while (!closed && opening < Math.min(wanted, room)) {
      opening++;
      connector.open().addListener((Future<Opened> result) -> opened(result));
    }
  }

  private void opened(Future<Opened> result) {
    opening--;
    if (!result.isSuccess()) {
      failWaiting(connector.failure(result.cause()));
    } else if (closed) {
      result.getNow().channel().close();
    } else {
      multiplexed = result.getNow().multiplexed();
      add(result.getNow());
    }
  }

  private void add(Opened opened) {
    connections.add(
        opened.multiplexed()
            ? new MultiplexedConnection(opened.channel(), config, this)
            : new SequentialConnection(opened.channel(), config, this));
    dispatch();
  }

  private void failWaiting(UpstreamException failure) {
    List<Call> failed = List.copyOf(waiting);
    waiting.clear();
    failed.forEach(call -> call.fail(failure));
  }
}
