package io.hiberlet.node.log;

import java.nio.charset.StandardCharsets;

/** The two streams of a container. */
public enum Stream {
  STDOUT("stdout"),
  STDERR("stderr");

  private final String tag;

  Stream(String tag) {
    this.tag = tag;
  }

  /** As the CRI format writes it. */
  byte[] tag() {
    return tag.getBytes(StandardCharsets.US_ASCII);
  }
}
