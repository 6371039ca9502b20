package io.hiberlet.devcluster.server;

import io.hiberlet.devcluster.api.ApiRequest;
import io.hiberlet.devcluster.api.ApiResponse;
import io.hiberlet.devcluster.api.ApiServer;
import io.hiberlet.devcluster.auth.Authenticator;
import io.hiberlet.devcluster.auth.User;
import io.hiberlet.devcluster.resource.ApiException;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.QueryStringDecoder;
import io.netty.handler.ssl.SslHandler;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.time.Duration;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes the requests of one connection, or of one HTTP/2 stream, to the API server, and its answers
 * back. Used by its channel's event loop only.
 */
@SuppressWarnings("FutureReturnValueIgnored") // a failed write or close ends the channel
final class RequestHandler extends SimpleChannelInboundHandler<FullHttpRequest> {
  private static final Logger log = LoggerFactory.getLogger(RequestHandler.class);

  private final ApiServer api;
  private final Authenticator authenticator;
  private final KubeletConnector kubelets;
  private final Duration bookmarkInterval;
  private boolean streaming;

  RequestHandler(
      ApiServer api,
      Authenticator authenticator,
      KubeletConnector kubelets,
      Duration bookmarkInterval) {
    this.api = api;
    this.authenticator = authenticator;
    this.kubelets = kubelets;
    this.bookmarkInterval = bookmarkInterval;
  }

  @Override
  protected void channelRead0(ChannelHandlerContext ctx, FullHttpRequest request) {
    if (streaming) {
      ctx.close();
      return;
    }
    ApiResponse response;
    try {
      response = api.handle(read(ctx, request));
    } catch (ApiException e) {
      response = ApiResponse.failure(e);
    } catch (RuntimeException e) {
      log.atError().addKeyValue("uri", request.uri()).setCause(e).log("A request failed");
      response = ApiResponse.failure(ApiException.internal(e.toString()));
    }
    send(ctx, request, response);
  }

  private ApiRequest read(ChannelHandlerContext ctx, FullHttpRequest request) {
    boolean impersonates =
        request.headers().names().stream()
            .anyMatch(name -> name.regionMatches(true, 0, "Impersonate-", 0, 12));
    if (impersonates) {
      throw ApiException.notImplemented("impersonation");
    }
    User user =
        authenticator.authenticate(
            clientCertificate(ctx.channel()), request.headers().get(HttpHeaderNames.AUTHORIZATION));
    QueryStringDecoder uri = decode(request.uri());
    CharSequence type = HttpUtil.getMimeType(request);
    return new ApiRequest(
        user,
        request.method().name(),
        uri.path(),
        uri.parameters(),
        String.join(",", request.headers().getAll(HttpHeaderNames.ACCEPT)),
        type == null ? "" : type.toString(),
        ByteBufUtil.getBytes(request.content()));
  }

  private static QueryStringDecoder decode(String uri) {
    QueryStringDecoder decoder = new QueryStringDecoder(uri);
    try {
      decoder.parameters();
      return decoder;
    } catch (IllegalArgumentException e) {
      throw ApiException.badRequest("malformed URI: " + e.getMessage());
    }
  }

  /** The certificate of the TLS connection, which an HTTP/2 stream shares with others. */
  private static @Nullable X509Certificate clientCertificate(Channel channel) {
    Channel connection = isStream(channel) ? channel.parent() : channel;
    SslHandler tls = connection.pipeline().get(SslHandler.class);
    try {
      Certificate[] chain = tls.engine().getSession().getPeerCertificates();
      return chain[0] instanceof X509Certificate certificate ? certificate : null;
    } catch (SSLPeerUnverifiedException e) {
      return null;
    }
  }

  private static boolean isStream(Channel channel) {
    return channel.pipeline().get(SslHandler.class) == null;
  }

  private void send(ChannelHandlerContext ctx, FullHttpRequest request, ApiResponse response) {
    switch (response) {
      case ApiResponse.Document document -> send(ctx, request, document);
      case ApiResponse.Events events -> {
        streaming = true;
        new WatchStream(ctx.channel(), events.watch(), bookmarkInterval).start();
      }
      case ApiResponse.Kubelet kubelet -> {
        if (!kubelet.upgrade()) {
          streaming = true;
          kubelets.stream(kubelet, ctx.channel());
        } else if (isStream(ctx.channel()) || !request.headers().contains("Upgrade")) {
          ApiException noUpgrade = ApiException.badRequest("Upgrade request required");
          send(ctx, request, ApiResponse.failure(noUpgrade));
        } else {
          streaming = true;
          kubelets.tunnel(kubelet, request, ctx.channel());
        }
      }
    }
  }

  private static void send(
      ChannelHandlerContext ctx, FullHttpRequest request, ApiResponse.Document document) {
    FullHttpResponse response =
        new DefaultFullHttpResponse(
            HttpVersion.HTTP_1_1,
            HttpResponseStatus.valueOf(document.code()),
            Unpooled.wrappedBuffer(document.body()));
    response.headers().set(HttpHeaderNames.CONTENT_TYPE, document.contentType());
    HttpUtil.setContentLength(response, document.body().length);
    boolean keepAlive = HttpUtil.isKeepAlive(request);
    HttpUtil.setKeepAlive(response, keepAlive);
    var written = ctx.writeAndFlush(response);
    if (!keepAlive) {
      written.addListener(ChannelFutureListener.CLOSE);
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    log.atDebug().setCause(cause).log("A connection failed");
    ctx.close();
  }
}
