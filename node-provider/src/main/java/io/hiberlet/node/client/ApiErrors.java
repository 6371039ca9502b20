package io.hiberlet.node.client;

import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import io.kubernetes.client.openapi.ApiException;
import java.io.EOFException;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Says in a sentence what went wrong between this node and the API server. */
public final class ApiErrors {
  private static final int MAX_TEXT = 500;
  private static final long MAX_RETRY_AFTER_SECONDS = 60;

  private ApiErrors() {}

  /** A sentence without a stack trace, for the log, an event or a person. */
  public static String describe(Throwable failure) {
    if (failure instanceof ApiException e && e.getCode() > 0) {
      return "the API server answered " + e.getCode() + ": " + answer(e);
    }
    if (failure instanceof KubeconfigException e) {
      return String.valueOf(e.getMessage());
    }
    String what = describeLocal(failure);
    return isExpected(failure) ? "cannot reach the API server: " + what : what;
  }

  /** The same for a failure that has nothing to do with the network. */
  static String describeLocal(Throwable failure) {
    Throwable root = rootCause(failure);
    String message = root.getMessage();
    return message == null || message.isBlank()
        ? root.getClass().getSimpleName()
        : shortened(message.strip()) + " (" + root.getClass().getSimpleName() + ")";
  }

  /** Whether the failure comes from outside of this process, so that no stack trace helps. */
  public static boolean isExpected(Throwable failure) {
    return failure instanceof ApiException
        || failure instanceof KubeconfigException
        || rootCause(failure) instanceof IOException;
  }

  /** The object is not there, or not any more. */
  public static boolean isNotFound(ApiException failure) {
    return failure.getCode() == HttpURLConnection.HTTP_NOT_FOUND;
  }

  /** The object exists already, was changed meanwhile, or is another one of the same name. */
  public static boolean isConflict(ApiException failure) {
    return failure.getCode() == HttpURLConnection.HTTP_CONFLICT;
  }

  /** The resource version is too old, or of another history: list again (HTTP 410). */
  public static boolean isGone(ApiException failure) {
    return failure.getCode() == HttpURLConnection.HTTP_GONE;
  }

  /**
   * How long the server asks to be left alone, with a 429 or a 503 (RFC 9110, 10.2.3, in seconds,
   * as API servers write it); zero when it does not ask, and never more than a minute.
   */
  public static Duration retryAfter(Throwable failure) {
    if (!(failure instanceof ApiException e) || e.getResponseHeaders() == null) {
      return Duration.ZERO;
    }
    return e.getResponseHeaders().entrySet().stream()
        .filter(header -> header.getKey().equalsIgnoreCase("Retry-After"))
        .flatMap(header -> header.getValue().stream())
        .filter(value -> value.matches("\\d{1,9}"))
        .map(value -> Duration.ofSeconds(Math.min(Long.parseLong(value), MAX_RETRY_AFTER_SECONDS)))
        .findFirst()
        .orElse(Duration.ZERO);
  }

  /** The message of the Status that an API server sends along with an error. */
  public static String answer(ApiException failure) {
    String body = failure.getResponseBody();
    String message = statusMessage(body);
    if (message != null) {
      return shortened(message);
    }
    return body == null || body.isBlank() ? "no explanation" : shortened(body.strip());
  }

  private static @Nullable String statusMessage(@Nullable String body) {
    if (body == null) {
      return null;
    }
    try {
      return JsonParser.parseString(body) instanceof JsonObject status
              && status.get("message") instanceof JsonPrimitive message
          ? message.getAsString()
          : null;
    } catch (JsonParseException notJson) {
      return null;
    }
  }

  private static String shortened(String text) {
    return text.length() <= MAX_TEXT ? text : text.substring(0, MAX_TEXT) + "…";
  }

  /** OkHttp tells the end of a stream with the parser's words below its own. */
  private static Throwable rootCause(Throwable failure) {
    Throwable cause = failure;
    while (cause.getCause() != null && !(cause.getCause() instanceof EOFException)) {
      cause = cause.getCause();
    }
    return cause;
  }
}
