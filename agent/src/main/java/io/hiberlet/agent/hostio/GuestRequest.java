package io.hiberlet.agent.hostio;

import io.hiberlet.agent.hostio.http.Field;
import io.hiberlet.agent.hostio.http.HopByHop;
import io.hiberlet.agent.hostio.http.UpstreamRequest;
import java.util.List;

/**
 * An HTTP request of a guest, understood and safe to be encoded anew: the API server never sees a
 * byte that the guest framed.
 *
 * @param target in origin form
 * @param fields as the guest sent them
 * @param body owned by this record; not changed
 */
@SuppressWarnings("ArrayRecordComponent") // a carrier of bytes, never compared
record GuestRequest(String method, String target, List<Field> fields, byte[] body) {

  GuestRequest {
    fields = List.copyOf(fields);
  }

  /**
   * Reads an HTTP/1.1 message (RFC 9112) strictly.
   *
   * @throws RefusedException with what the guest's call returns: INVAL, MSGSIZE or ACCES
   */
  static GuestRequest parse(byte[] message, Limits limits) throws RefusedException {
    return new GuestRequestParser(message, limits).parse();
  }

  /** As it goes to the API server, still without the identity of the pod. */
  UpstreamRequest upstream(boolean streaming) {
    return new UpstreamRequest(method, target, endToEndFields(), body, streaming);
  }

  /** The guest's fields without those that only the host may set or that concern a connection. */
  List<Field> endToEndFields() {
    return HopByHop.strip(fields).stream().filter(GuestRequest::mayPass).toList();
  }

  private static boolean mayPass(Field field) {
    return !field.is("authorization")
        && !field.is("host")
        && !field.is("content-length")
        && !field.is("expect");
  }
}
