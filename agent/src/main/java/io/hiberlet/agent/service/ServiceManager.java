package io.hiberlet.agent.service;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollDomainDatagramChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells systemd, or whatever else speaks sd_notify(3), how the agent fares. Does nothing when
 * nobody asked by {@code NOTIFY_SOCKET}. Thread-safe, and no call but {@link #close} waits: what
 * cannot be sent is logged.
 */
public final class ServiceManager implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(ServiceManager.class);
  private static final long CLOSE_MILLIS = 1000;

  private final @Nullable EventLoopGroup thread;
  private final @Nullable Channel channel;

  private ServiceManager(@Nullable EventLoopGroup thread, @Nullable Channel channel) {
    this.thread = thread;
    this.channel = channel;
  }

  /**
   * Finds out who wants to be told, and starts to feed the watchdog if there is one.
   *
   * @param environment {@link System#getenv()}
   * @param healthy asked on a thread of its own at half the watchdog's interval; while it answers
   *     false the watchdog is not fed, and the service is restarted when that takes too long. Must
   *     not block.
   * @throws IOException when there is a socket that cannot be reached
   */
  public static ServiceManager of(Map<String, String> environment, BooleanSupplier healthy)
      throws IOException {
    String socket = environment.getOrDefault("NOTIFY_SOCKET", "");
    if (socket.isEmpty()) {
      return new ServiceManager(null, null);
    }
    DomainSocketAddress address = address(socket);
    if (!Epoll.isAvailable()) {
      throw new IOException(
          "cannot notify the service manager, as epoll is not to be had on this machine",
          Epoll.unavailabilityCause());
    }
    ServiceManager manager = connect(address);
    watchdogInterval(environment).ifPresent(interval -> manager.feed(interval, healthy));
    return manager;
  }

  /**
   * The form that sd_notify(3) describes: an absolute path, or an abstract name after an {@code @}.
   */
  private static DomainSocketAddress address(String socket) throws IOException {
    return switch (socket.charAt(0)) {
      case '/' -> new DomainSocketAddress(socket);
      case '@' -> new DomainSocketAddress('\0' + socket.substring(1));
      default -> throw new IOException("NOTIFY_SOCKET is neither a path nor @name: " + socket);
    };
  }

  private static ServiceManager connect(DomainSocketAddress address) throws IOException {
    EventLoopGroup thread =
        new MultiThreadIoEventLoopGroup(
            1, new DefaultThreadFactory("service-manager", true), EpollIoHandler.newFactory());
    ChannelFuture connected =
        new Bootstrap()
            .group(thread)
            .channel(EpollDomainDatagramChannel.class)
            .handler(new ChannelInboundHandlerAdapter())
            .connect(address)
            .awaitUninterruptibly();
    if (!connected.isSuccess()) {
      shutDown(thread);
      throw new IOException(
          "cannot reach the service manager at NOTIFY_SOCKET: " + connected.cause().getMessage(),
          connected.cause());
    }
    return new ServiceManager(thread, connected.channel());
  }

  /** Empty when there is no watchdog, or it watches another process. */
  private static Optional<Duration> watchdogInterval(Map<String, String> environment)
      throws IOException {
    String micros = environment.getOrDefault("WATCHDOG_USEC", "");
    String process = environment.getOrDefault("WATCHDOG_PID", "");
    String own = Long.toString(ProcessHandle.current().pid());
    if (micros.isEmpty() || (!process.isEmpty() && !process.equals(own))) {
      return Optional.empty();
    }
    if (!micros.matches("[1-9][0-9]{0,17}")) {
      throw new IOException("WATCHDOG_USEC is not a number of microseconds: " + micros);
    }
    return Optional.of(Duration.of(Long.parseLong(micros), ChronoUnit.MICROS));
  }

  @SuppressWarnings("FutureReturnValueIgnored") // feedIf lets nothing out, and ends with the thread
  private void feed(Duration interval, BooleanSupplier healthy) {
    if (thread != null) {
      long nanos = interval.toNanos() / 2;
      thread.scheduleAtFixedRate(() -> feedIf(healthy), 0, nanos, TimeUnit.NANOSECONDS);
    }
  }

  private void feedIf(BooleanSupplier healthy) {
    try {
      if (healthy.getAsBoolean()) {
        send("WATCHDOG=1");
      } else {
        log.atWarn().log("not healthy: the watchdog is not fed");
      }
    } catch (RuntimeException e) {
      log.atError().setCause(e).log("the health check failed: the watchdog is not fed");
    }
  }

  /** The agent has started, and does its work. */
  public void ready(String status) {
    send("READY=1\nSTATUS=" + oneLine(status));
  }

  /** What {@code systemctl status} shows. */
  public void status(String status) {
    send("STATUS=" + oneLine(status));
  }

  /** The agent is on its way out. */
  public void stopping(String status) {
    send("STOPPING=1\nSTATUS=" + oneLine(status));
  }

  private void send(String message) {
    if (channel != null) {
      channel
          .writeAndFlush(Unpooled.copiedBuffer(message, UTF_8))
          .addListener(
              sent -> {
                if (!sent.isSuccess()) {
                  log.atWarn().setCause(sent.cause()).log("the service manager was not told");
                }
              });
    }
  }

  private static String oneLine(String text) {
    return text.replaceAll("\\R", " ");
  }

  /** Sends what is on its way, for a second at most, and lets go of the socket. */
  @Override
  public void close() {
    if (channel != null && thread != null) {
      channel.close().awaitUninterruptibly(CLOSE_MILLIS);
      shutDown(thread);
    }
  }

  private static void shutDown(EventLoopGroup thread) {
    thread
        .shutdownGracefully(0, CLOSE_MILLIS, TimeUnit.MILLISECONDS)
        .awaitUninterruptibly(CLOSE_MILLIS);
  }
}
