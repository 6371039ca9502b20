package io.hiberlet.agent.hostio.http;

import io.netty.handler.codec.http.HttpResponse;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * The fields that concern one connection and no more (RFC 9110, 7.6.1). A host that stands between
 * a guest and a server passes none of them on.
 */
public final class HopByHop {
  private static final Set<String> NAMES =
      Set.of(
          "connection",
          "keep-alive",
          "proxy-authenticate",
          "proxy-authorization",
          "proxy-connection",
          "te",
          "trailer",
          "transfer-encoding",
          "upgrade");

  private HopByHop() {}

  /**
   * The fields that may be passed on: neither hop-by-hop ones nor what {@code Connection} names.
   */
  public static List<Field> strip(List<Field> fields) {
    Set<String> dropped = new HashSet<>(NAMES);
    for (Field field : fields) {
      if (field.is("connection")) {
        for (String name : field.value().split(",", -1)) {
          dropped.add(name.strip().toLowerCase(Locale.ROOT));
        }
      }
    }
    return fields.stream()
        .filter(field -> !dropped.contains(field.name().toLowerCase(Locale.ROOT)))
        .toList();
  }

  static ResponseHead head(HttpResponse response) {
    List<Field> fields = new ArrayList<>();
    for (Map.Entry<String, String> entry : response.headers()) {
      if (!entry.getKey().startsWith("x-http2-")) { // Netty's own notes on the stream
        fields.add(new Field(entry.getKey(), entry.getValue()));
      }
    }
    return new ResponseHead(
        response.status().code(), response.status().reasonPhrase(), strip(fields));
  }
}
