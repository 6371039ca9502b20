package io.hiberlet.node.api;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.hiberlet.node.ContainerAccess.NoSuchContainerException;
import io.hiberlet.node.ContainerRef;
import io.hiberlet.node.LogRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;

/** What is asked of one container and answered in plain HTTP. Thread-safe; answers block. */
final class ContainerRoutes {
  private final NodeContent content;
  private final InstantSource clock;

  ContainerRoutes(NodeContent content, InstantSource clock) {
    this.content = content;
    this.clock = clock;
  }

  /** {@code /containerLogs/{namespace}/{pod}[/{uid}]/{container}}. */
  void logs(Exchange exchange) throws HttpException, IOException, InterruptedException {
    ContainerRef container = Containers.find(content.pods(), exchange.request().path());
    LogRequest request = LogQuery.parse(exchange.request().query(), container, clock);
    OutputStream to = exchange.streamText();
    try {
      content.containers().logs(request, to);
    } catch (NoSuchContainerException e) {
      // As the kubelet answers: the API server passes the text of a 400 on, but not that of a 404.
      throw HttpException.badRequest(String.valueOf(e.getMessage()));
    }
    to.close();
  }

  /**
   * {@code /checkpoint/{namespace}/{pod}/{container}} (KEP-2008). How long it may take, as {@code
   * timeout} says, is not the client's to decide here; it is checked as the kubelet does.
   */
  void checkpoint(Exchange exchange) throws HttpException, IOException, InterruptedException {
    ContainerRef container = Containers.find(content.pods(), exchange.request().path());
    for (String timeout : exchange.request().query().all("timeout")) {
      if (!timeout.matches("-?\\d{1,18}")) {
        throw HttpException.notFound("cannot parse value of timeout parameter");
      }
    }
    JsonArray items = new JsonArray();
    try {
      items.add(content.containers().checkpoint(container));
    } catch (NoSuchContainerException | IOException e) {
      throw new HttpException(
          HttpResponseStatus.INTERNAL_SERVER_ERROR,
          "checkpointing of %s failed (%s)".formatted(container, e.getMessage()));
    }
    JsonObject answer = new JsonObject();
    answer.add("items", items);
    exchange.respond(
        HttpResponseStatus.OK,
        "application/json",
        answer.toString().getBytes(StandardCharsets.UTF_8));
  }
}
