package io.hiberlet.agent.module.registry;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpHeaders;

/**
 * A registry's answer, to be closed.
 *
 * @param from who answered, redirects followed
 */
record Reply(int status, HttpHeaders headers, InputStream body, URI from) implements AutoCloseable {

  boolean isSuccess() {
    return status == 200;
  }

  /** All of the body, if it is within a limit. */
  byte[] bytes(int most, String what) throws IOException {
    byte[] bytes = read(most + 1, what);
    if (bytes.length > most) {
      throw new RegistryException(
          RegistryException.Kind.INVALID,
          "%s is larger than the %d bytes that are allowed".formatted(what, most));
    }
    return bytes;
  }

  private byte[] read(int most, String what) throws RegistryException {
    try {
      return body.readNBytes(most);
    } catch (IOException e) {
      throw new RegistryException(
          RegistryException.Kind.UNAVAILABLE, "the connection broke within " + what, e);
    }
  }

  @Override
  public void close() throws IOException {
    body.close();
  }
}
