package io.hiberlet.agent.module.registry;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import io.hiberlet.agent.module.registry.RegistryException.Kind;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** Makes exceptions of a registry's refusals. */
final class RegistryErrors {
  private static final int MAX_ERROR_BYTES = 64 << 10;
  private static final int MAX_MESSAGE_CHARS = 300;

  private RegistryErrors() {}

  /** Passes over a success. */
  static void require(Reply reply) throws IOException {
    require(reply, 200);
  }

  /** Passes over an answer with the one status that is a success. */
  static void require(Reply reply, int expected) throws IOException {
    if (reply.status() == expected) {
      return;
    }
    String said = message(reply.body().readNBytes(MAX_ERROR_BYTES));
    String why = said.isEmpty() ? "" : ": " + said;
    throw switch (reply.status()) {
      case 401, 403 ->
          new RegistryException(
              Kind.DENIED, "the registry denies access (%d)%s".formatted(reply.status(), why));
      case 404 -> new RegistryException(Kind.NOT_FOUND, "not found" + why);
      default ->
          new RegistryException(
              Kind.UNAVAILABLE,
              "the registry answers %d%s%s".formatted(reply.status(), retry(reply), why));
    };
  }

  private static String retry(Reply reply) {
    return RegistryHttp.retryAfter(reply)
        .map(wait -> ", come again in %d s".formatted(wait.toSeconds()))
        .orElse("");
  }

  /** The first error's message in the body that the distribution specification describes. */
  private static String message(byte[] body) {
    try {
      JsonElement json = JsonParser.parseString(new String(body, StandardCharsets.UTF_8));
      if (json instanceof JsonObject object
          && object.get("errors") instanceof JsonArray errors
          && !errors.isEmpty()
          && errors.get(0) instanceof JsonObject error
          && error.get("message") instanceof JsonPrimitive message) {
        return printable(message.getAsString());
      }
    } catch (JsonParseException e) {
      return ""; // a proxy's page, for example
    }
    return "";
  }

  private static String printable(String text) {
    String line = text.replaceAll("\\p{Cntrl}", " ");
    return line.length() <= MAX_MESSAGE_CHARS ? line : line.substring(0, MAX_MESSAGE_CHARS) + "…";
  }
}
