package io.hiberlet.agent.hostio.http;

import java.util.List;
import java.util.Optional;

/**
 * Status line and header fields of a final answer.
 *
 * @param fields in the server's order, hop-by-hop fields left out
 */
public record ResponseHead(int status, String reason, List<Field> fields) {

  public ResponseHead {
    fields = List.copyOf(fields);
  }

  /** The value of the first field of that name. */
  public Optional<String> first(String name) {
    return fields.stream().filter(field -> field.is(name)).map(Field::value).findFirst();
  }
}
