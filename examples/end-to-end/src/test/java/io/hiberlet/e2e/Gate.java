package io.hiberlet.e2e;

import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** A way to a server that can be shut: connections break then, and new ones are refused. */
final class Gate implements AutoCloseable {
  private final InetSocketAddress server;
  private final int port;
  private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
  private volatile ServerSocket listener;

  /** Opens a gate on a port that stays the same. */
  Gate(InetSocketAddress server) {
    this.server = server;
    this.listener = listen(0);
    this.port = listener.getLocalPort();
    accept(listener);
  }

  int port() {
    return port;
  }

  void open() {
    listener = listen(port);
    accept(listener);
  }

  void shut() {
    close(listener);
    sockets.forEach(Gate::close);
    sockets.clear();
  }

  private static ServerSocket listen(int port) {
    try {
      ServerSocket listener = new ServerSocket();
      listener.setReuseAddress(true);
      listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
      return listener;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void accept(ServerSocket from) {
    Thread.ofVirtual()
        .start(
            () -> {
              while (!from.isClosed()) {
                try {
                  forward(from.accept());
                } catch (IOException e) {
                  close(from);
                }
              }
            });
  }

  private void forward(Socket client) throws IOException {
    Socket upstream = new Socket(server.getAddress(), server.getPort());
    sockets.add(client);
    sockets.add(upstream);
    copy(client, upstream);
    copy(upstream, client);
  }

  private void copy(Socket from, Socket to) {
    Thread.ofVirtual()
        .start(
            () -> {
              try (from;
                  to) {
                from.getInputStream().transferTo(to.getOutputStream());
              } catch (IOException e) {
                close(to); // one side has gone, so the other one has nobody to speak to
              } finally {
                sockets.remove(from);
                sockets.remove(to);
              }
            });
  }

  private static void close(Closeable what) {
    try {
      what.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    shut();
  }
}
