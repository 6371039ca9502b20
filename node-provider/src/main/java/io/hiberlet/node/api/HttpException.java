package io.hiberlet.node.api;

import io.netty.handler.codec.http.HttpResponseStatus;
import java.util.List;

/** Ends a request with a status and a sentence for the client. */
final class HttpException extends Exception {
  private static final long serialVersionUID = 1L;

  private final transient HttpResponseStatus status;
  private final List<String> allowedMethods;

  HttpException(HttpResponseStatus status, String message) {
    this(status, message, List.of());
  }

  private HttpException(HttpResponseStatus status, String message, List<String> allowedMethods) {
    super(message);
    this.status = status;
    this.allowedMethods = allowedMethods;
  }

  static HttpException badRequest(String message) {
    return new HttpException(HttpResponseStatus.BAD_REQUEST, message);
  }

  static HttpException notFound(String message) {
    return new HttpException(HttpResponseStatus.NOT_FOUND, message);
  }

  static HttpException methodNotAllowed(List<String> allowed) {
    return new HttpException(
        HttpResponseStatus.METHOD_NOT_ALLOWED, "405: Method Not Allowed", allowed);
  }

  HttpResponseStatus status() {
    return status;
  }

  /** For the Allow header; empty when the method was not the matter. */
  List<String> allowedMethods() {
    return allowedMethods;
  }
}
