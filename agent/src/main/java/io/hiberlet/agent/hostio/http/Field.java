package io.hiberlet.agent.hostio.http;

/** One header field. A name is compared without regard to case (RFC 9110, 5.1). */
public record Field(String name, String value) {

  /** Whether this field has that name. */
  public boolean is(String otherName) {
    return name.equalsIgnoreCase(otherName);
  }
}
