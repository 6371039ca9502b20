package io.hiberlet.agent.hostio.http;

import java.util.List;

/**
 * A request to the server, ready to be sent: the transport adds {@code Host} and {@code
 * Content-Length} and nothing else.
 *
 * @param target in origin form (RFC 9112, 3.2.1)
 * @param fields end-to-end fields only
 * @param body owned by this record; not changed
 * @param streaming whether the answer may pause for as long as it likes between two pieces of its
 *     body
 */
@SuppressWarnings("ArrayRecordComponent") // a carrier of bytes, never compared
public record UpstreamRequest(
    String method, String target, List<Field> fields, byte[] body, boolean streaming) {

  public UpstreamRequest {
    fields = List.copyOf(fields);
  }

  /**
   * Whether sending it twice does no more than sending it once, and changes nothing (RFC 9110,
   * 9.2.1).
   */
  public boolean isSafe() {
    return method.equals("GET") || method.equals("HEAD");
  }
}
