package io.hiberlet.agent.hostio.http;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Requests that this side cannot even send. */
class ExchangeHandlerTest {
  private final List<Boolean> untouched = new ArrayList<>();

  static List<Arguments> failures() {
    return List.of(
        Arguments.of(
            "a stream too many",
            Http2Exception.streamError(3, Http2Error.REFUSED_STREAM, "too many streams"),
            true),
        Arguments.of(
            "another fault of a stream",
            Http2Exception.streamError(3, Http2Error.INTERNAL_ERROR, "broken"),
            false),
        Arguments.of("a lost connection", new IOException("reset by peer"), false));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("failures")
  void onlyWhatNobodySawIsSentElsewhere(String name, Throwable failure, boolean expected) {
    UpstreamConfig config =
        UpstreamFixture.config(URI.create("http://127.0.0.1:1"), List.of(), Duration.ofSeconds(20));
    ExchangeHandler handler = new ExchangeHandler(config, new Owner());
    EmbeddedChannel channel = new EmbeddedChannel(new Failing(failure), handler);
    handler.carry(
        new Call(UpstreamFixture.get("/"), new RecordingListener(), channel.eventLoop(), config));
    assertEquals(List.of(expected), untouched);
    channel.finishAndReleaseAll();
  }

  private final class Owner implements ExchangeHandler.Owner {
    @Override
    public void completed(boolean reusable) {
      throw new AssertionError("there was no answer");
    }

    @Override
    public void broken(Call call, boolean isUntouched, UpstreamException failure) {
      untouched.add(isUntouched);
    }
  }

  private static final class Failing extends ChannelOutboundHandlerAdapter {
    private final Throwable failure;

    Failing(Throwable failure) {
      this.failure = failure;
    }

    @Override
    public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
      ReferenceCountUtil.release(message);
      promise.setFailure(failure);
    }
  }
}
