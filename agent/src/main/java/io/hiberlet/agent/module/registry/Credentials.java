package io.hiberlet.agent.module.registry;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Base64;

/** Who asks a registry. Never printed. */
public record Credentials(String username, String password) {

  /** The value of an {@code Authorization} header (RFC 7617). */
  String basic() {
    byte[] pair = (username + ":" + password).getBytes(UTF_8);
    return "Basic " + Base64.getEncoder().encodeToString(pair);
  }

  @Override
  public String toString() {
    return "Credentials[…]";
  }
}
