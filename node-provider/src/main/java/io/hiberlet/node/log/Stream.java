package io.hiberlet.node.log;

import java.nio.charset.StandardCharsets;

/** The two streams of a container. */
public enum Stream {
  STDOUT("stdout"),
  STDERR("stderr");

  private final byte[] tag;

  Stream(String tag) {
    this.tag = tag.getBytes(StandardCharsets.US_ASCII);
  }

  /** As the CRI format writes it. */
  byte[] tag() {
    return tag;
  }
}
