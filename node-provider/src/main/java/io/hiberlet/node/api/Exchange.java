package io.hiberlet.node.api;

import com.google.gson.JsonObject;
import io.hiberlet.node.api.exec.ChannelWriter;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/**
 * One request being answered. Used by the virtual thread that answers it, which blocks while the
 * client is slow, and is interrupted when the client goes away.
 */
final class Exchange {

  private static final String TEXT = "text/plain; charset=utf-8";

  private final Channel channel;
  private final Request request;
  private final boolean keepAlive;
  private boolean started;
  private int status;

  Exchange(Channel channel, Request request, boolean keepAlive) {
    this.channel = channel;
    this.request = request;
    this.keepAlive = keepAlive;
  }

  Request request() {
    return request;
  }

  Channel channel() {
    return channel;
  }

  boolean keepAlive() {
    return keepAlive;
  }

  /** Whether the client has got a part of the answer, so that it is too late for another one. */
  boolean isStarted() {
    return started;
  }

  /** From here on the connection is not HTTP any more. */
  void upgraded() {
    begins(HttpResponseStatus.SWITCHING_PROTOCOLS);
  }

  /** That of the answer; 0 as long as there is none. */
  int status() {
    return status;
  }

  private void begins(HttpResponseStatus answer) {
    started = true;
    status = answer.code();
  }

  /** Sends a whole answer. */
  void respond(HttpResponseStatus status, String contentType, byte[] body) throws IOException {
    send(status, contentType, body, "");
  }

  /**
   * Sends an error: a line of text as the kubelet does; but to clients that wanted an upgrade, a
   * metav1.Status. kubectl tries to read what it gets then as YAML, so a colon in a text would
   * leave the user with an empty message.
   */
  void fail(HttpException error) throws IOException {
    String allow = String.join(", ", error.allowedMethods());
    if (request.headers().contains(HttpHeaderNames.UPGRADE)) {
      send(error.status(), "application/json", utf8(statusOf(error)), allow);
    } else {
      send(error.status(), TEXT, utf8(error.getMessage() + "\n"), allow);
    }
  }

  /**
   * An answer of unknown length. Nothing is sent before the first byte is written, so that an error
   * can still be told; closing it makes it whole.
   */
  OutputStream streamText() {
    return new OutputStream() {
      private final OutputStream chunks = ChannelWriter.stream(channel, DefaultHttpContent::new);

      @Override
      public void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
      }

      @Override
      public void write(byte[] bytes, int offset, int length) throws IOException {
        if (length > 0) {
          start();
          chunks.write(bytes, offset, length);
        }
      }

      @Override
      public void close() throws IOException {
        start();
        ChannelWriter.write(channel, LastHttpContent.EMPTY_LAST_CONTENT);
      }

      private void start() throws IOException {
        if (!started) {
          var head = new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK);
          setHeaders(head.headers(), TEXT);
          HttpUtil.setTransferEncodingChunked(head, true);
          begins(HttpResponseStatus.OK);
          ChannelWriter.write(channel, head);
        }
      }
    };
  }

  private void send(HttpResponseStatus status, String contentType, byte[] body, String allow)
      throws IOException {
    ByteBuf content =
        request.method().equals("HEAD") ? Unpooled.EMPTY_BUFFER : Unpooled.wrappedBuffer(body);
    var response = new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, status, content);
    setHeaders(response.headers(), contentType);
    response.headers().setInt(HttpHeaderNames.CONTENT_LENGTH, body.length);
    if (!allow.isEmpty()) {
      response.headers().set(HttpHeaderNames.ALLOW, allow);
    }
    begins(status);
    ChannelWriter.write(channel, response);
  }

  private static String statusOf(HttpException error) {
    JsonObject status = new JsonObject();
    status.addProperty("kind", "Status");
    status.addProperty("apiVersion", "v1");
    status.addProperty("status", "Failure");
    status.addProperty("message", error.getMessage());
    status.addProperty("code", error.status().code());
    return status.toString();
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private void setHeaders(HttpHeaders headers, String contentType) {
    headers.set(HttpHeaderNames.CONTENT_TYPE, contentType);
    headers.set("X-Content-Type-Options", "nosniff");
    if (!keepAlive) {
      headers.set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
    }
  }
}
