package io.hiberlet.node.api;

import io.hiberlet.node.ExecRequest;
import io.hiberlet.node.api.exec.ExecSession;
import io.hiberlet.node.api.exec.ExecTransport;
import io.hiberlet.node.api.exec.SpdyTransport;
import io.hiberlet.node.api.exec.StreamOptions;
import io.hiberlet.node.api.exec.UpgradeException;
import io.hiberlet.node.api.exec.WebSocketTransport;
import io.netty.channel.Channel;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@code /exec/{namespace}/{pod}[/{uid}]/{container}}, with the kubelet's parameters. */
final class ExecRoute {

  private final NodeContent content;

  ExecRoute(NodeContent content) {
    this.content = content;
  }

  /** Takes the connection over until the command and its streams have ended. */
  void serve(Exchange exchange) throws HttpException, IOException, InterruptedException {
    StreamOptions options = options(exchange.request().query());
    ExecRequest request = execRequest(exchange.request(), options);
    ExecTransport transport = upgrade(exchange, options);
    exchange.upgraded();
    new ExecSession(content.containers()).run(request, transport);
  }

  private static StreamOptions options(Query query) throws HttpException {
    boolean tty = query.isOne("tty");
    StreamOptions options =
        new StreamOptions(
            query.isOne("input"), query.isOne("output"), query.isOne("error") && !tty, tty);
    if (!options.stdin() && !options.stdout() && !options.stderr()) {
      throw HttpException.badRequest("you must specify at least 1 of stdin, stdout, stderr");
    }
    return options;
  }

  private ExecRequest execRequest(Request request, StreamOptions options) throws HttpException {
    List<String> path = request.path();
    @Nullable String uid = path.size() == 5 ? path.get(3) : null;
    String container = path.getLast();
    List<String> command = request.query().all("command");
    if (command.isEmpty()) {
      throw HttpException.badRequest("you must specify a command");
    }
    String found = Containers.require(content.pods(), path.get(1), path.get(2), uid, container);
    return new ExecRequest(
        path.get(1), path.get(2), found, container, command, options.stdin(), options.tty());
  }

  private static ExecTransport upgrade(Exchange exchange, StreamOptions options)
      throws HttpException, IOException, InterruptedException {
    Channel channel = exchange.channel();
    Request request = exchange.request();
    try {
      return WebSocketTransport.isWanted(request.headers())
          ? WebSocketTransport.upgrade(channel, request.uri(), request.headers(), options)
          : SpdyTransport.upgrade(channel, request.headers(), options);
    } catch (UpgradeException e) {
      throw new HttpException(
          HttpResponseStatus.valueOf(e.status()), String.valueOf(e.getMessage()));
    }
  }
}
