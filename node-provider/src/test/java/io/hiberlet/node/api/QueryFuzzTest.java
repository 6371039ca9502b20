package io.hiberlet.node.api;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.hiberlet.node.ContainerRef;
import io.hiberlet.node.LogRequest;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpVersion;
import java.time.InstantSource;

/** Request targets, whatever a client makes of them. */
final class QueryFuzzTest {
  private static final ContainerRef CONTAINER = new ContainerRef("n", "p", null, "c");

  @FuzzTest
  void anyTarget(String target) {
    try {
      Request request =
          Request.of(
              new DefaultFullHttpRequest(
                  HttpVersion.HTTP_1_1, HttpMethod.GET, "/containerLogs/n/p/c?" + target),
              null);
      assertFalse(request.path().isEmpty());
      LogRequest logs = LogQuery.parse(request.query(), CONTAINER, InstantSource.system());
      assertTrue(logs.tailLines().orElse(0) >= 0);
      assertTrue(logs.limitBytes().orElse(1) > 0);
    } catch (HttpException | IllegalArgumentException e) {
      // The client is told what is wrong with it.
    }
  }
}
