package io.hiberlet.agent.service;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.epoll.EpollDomainDatagramChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.unix.DomainDatagramPacket;
import io.netty.channel.unix.DomainSocketAddress;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ServiceManagerTest {

  private final EventLoopGroup loop =
      new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
  private final BlockingQueue<String> received = new LinkedBlockingQueue<>();

  @TempDir Path folder;

  @AfterEach
  void stop() {
    loop.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
  }

  @Test
  void tellsTheWholeLifeInOrder() throws Exception {
    String socket = folder.resolve("notify").toString();
    listen(socket);
    try (ServiceManager manager = ServiceManager.of(Map.of("NOTIFY_SOCKET", socket), () -> true)) {
      manager.status("Opening the store");
      manager.ready("3 controllers");
      manager.stopping("Putting\ncontrollers to sleep");
    }
    assertEquals("STATUS=Opening the store", next());
    assertEquals("READY=1\nSTATUS=3 controllers", next());
    assertEquals("STOPPING=1\nSTATUS=Putting controllers to sleep", next());
  }

  @Test
  void findsAbstractSockets() throws Exception {
    String name = "hiberlet-" + UUID.randomUUID();
    listen('\0' + name);
    try (ServiceManager manager =
        ServiceManager.of(Map.of("NOTIFY_SOCKET", "@" + name), () -> true)) {
      manager.ready("up");
      assertEquals("READY=1\nSTATUS=up", next());
    }
  }

  @Test
  void feedsTheWatchdogWhileHealthy() throws Exception {
    String socket = folder.resolve("notify").toString();
    listen(socket);
    AtomicBoolean healthy = new AtomicBoolean(true);
    Map<String, String> environment =
        Map.of(
            "NOTIFY_SOCKET",
            socket,
            "WATCHDOG_USEC",
            "20000",
            "WATCHDOG_PID",
            Long.toString(ProcessHandle.current().pid()));
    try (ServiceManager manager = ServiceManager.of(environment, healthy::get)) {
      assertEquals("WATCHDOG=1", next());
      assertEquals("WATCHDOG=1", next());
      healthy.set(false);
      manager.status("sick");
      String last = next();
      while (!last.equals("STATUS=sick")) {
        last = next();
      }
      assertNull(received.poll(200, TimeUnit.MILLISECONDS));
      healthy.set(true);
      assertEquals("WATCHDOG=1", next());
    }
  }

  @Test
  void leavesAnothersWatchdogAlone() throws Exception {
    String socket = folder.resolve("notify").toString();
    listen(socket);
    Map<String, String> environment =
        Map.of("NOTIFY_SOCKET", socket, "WATCHDOG_USEC", "20000", "WATCHDOG_PID", "1");
    try (ServiceManager manager = ServiceManager.of(environment, () -> true)) {
      manager.ready("up");
      assertEquals("READY=1\nSTATUS=up", next());
      assertNull(received.poll(100, TimeUnit.MILLISECONDS));
    }
  }

  @Test
  void doesNothingWhenNobodyAsks() throws Exception {
    try (ServiceManager manager = ServiceManager.of(Map.of("WATCHDOG_USEC", "1"), () -> true)) {
      manager.ready("up");
      manager.stopping("down");
    }
  }

  @Test
  void aSocketThatCannotBeReachedIsAnError() {
    String nowhere = folder.resolve("nowhere").toString();
    IOException refused =
        assertThrows(
            IOException.class,
            () -> ServiceManager.of(Map.of("NOTIFY_SOCKET", nowhere), () -> true));
    assertTrue(refused.getMessage().startsWith("cannot reach the service manager"));
    assertThrows(
        IOException.class,
        () -> ServiceManager.of(Map.of("NOTIFY_SOCKET", "vsock:2:1234"), () -> true));
  }

  private void listen(String path) {
    new Bootstrap()
        .group(loop)
        .channel(EpollDomainDatagramChannel.class)
        .handler(
            new SimpleChannelInboundHandler<DomainDatagramPacket>() {
              @Override
              protected void channelRead0(ChannelHandlerContext context, DomainDatagramPacket it) {
                received.add(it.content().toString(UTF_8));
              }
            })
        .bind(new DomainSocketAddress(path))
        .syncUninterruptibly();
  }

  private String next() throws InterruptedException {
    return received.poll(10, TimeUnit.SECONDS);
  }
}
