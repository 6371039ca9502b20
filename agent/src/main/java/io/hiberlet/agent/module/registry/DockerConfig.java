package io.hiberlet.agent.module.registry;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Reads credentials as Docker keeps them: {@code config.json}, which is what Secrets of the type
 * {@code kubernetes.io/dockerconfigjson} hold, and the older {@code .dockercfg}. No message repeats
 * what is in them.
 */
public final class DockerConfig {
  private DockerConfig() {}

  /**
   * Reads a {@code config.json}.
   *
   * @throws IllegalArgumentException when it is none
   */
  public static Keyring configJson(byte[] json) {
    JsonElement auths = object(json).get("auths");
    return auths instanceof JsonObject entries ? keyring(entries) : Keyring.EMPTY;
  }

  /**
   * Reads a {@code .dockercfg}.
   *
   * @throws IllegalArgumentException when it is none
   */
  public static Keyring dockercfg(byte[] json) {
    return keyring(object(json));
  }

  private static JsonObject object(byte[] json) {
    try {
      if (JsonParser.parseString(new String(json, UTF_8)) instanceof JsonObject object) {
        return object;
      }
    } catch (JsonParseException e) {
      // Its message would quote the file: of no use without, and a secret with.
    }
    throw new IllegalArgumentException("not a JSON object");
  }

  private static Keyring keyring(JsonObject entries) {
    Keyring keyring = Keyring.EMPTY;
    for (Map.Entry<String, JsonElement> entry : entries.entrySet()) {
      if (entry.getValue() instanceof JsonObject values) {
        Optional<Credentials> credentials = credentials(entry.getKey(), values);
        if (credentials.isPresent()) {
          keyring = keyring.with(entry.getKey(), credentials.get());
        }
      }
    }
    return keyring;
  }

  /** Empty for an entry that points to a credential helper. */
  private static Optional<Credentials> credentials(String key, JsonObject values) {
    @Nullable String auth = text(values, "auth");
    if (auth != null && !auth.isEmpty()) {
      return Optional.of(decoded(key, auth));
    }
    @Nullable String username = text(values, "username");
    @Nullable String password = text(values, "password");
    return username == null || password == null
        ? Optional.empty()
        : Optional.of(new Credentials(username, password));
  }

  private static Credentials decoded(String key, String auth) {
    try {
      String pair = new String(Base64.getMimeDecoder().decode(auth), UTF_8);
      int colon = pair.indexOf(':');
      if (colon >= 0) {
        return new Credentials(pair.substring(0, colon), pair.substring(colon + 1));
      }
    } catch (IllegalArgumentException e) {
      // Said below, without the text.
    }
    throw new IllegalArgumentException(
        "the auth of \"%s\" is not USERNAME:PASSWORD in base64".formatted(key));
  }

  private static @Nullable String text(JsonObject values, String key) {
    return values.get(key) instanceof JsonPrimitive value && value.isString()
        ? value.getAsString()
        : null;
  }
}
