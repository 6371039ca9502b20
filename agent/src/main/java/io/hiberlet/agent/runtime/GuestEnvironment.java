package io.hiberlet.agent.runtime;

import java.io.OutputStream;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a guest finds around it.
 *
 * @param args WASI's arguments, the program's name first
 * @param env WASI's environment, in this order
 * @param stdout takes descriptor 1; written by the thread that runs the guest, closed by the caller
 * @param stderr takes descriptor 2, likewise
 * @param memoryLimitBytes the most linear memory, all memories together; {@code memory.grow} beyond
 *     it answers -1
 */
public record GuestEnvironment(
    List<String> args,
    Map<String, String> env,
    OutputStream stdout,
    OutputStream stderr,
    long memoryLimitBytes) {

  public GuestEnvironment {
    args = List.copyOf(args);
    env = Collections.unmodifiableMap(new LinkedHashMap<>(env));
  }

  /** Without the environment's values, which may be secrets. */
  @Override
  public String toString() {
    return "GuestEnvironment[args=%d, env=%s]".formatted(args.size(), env.keySet());
  }
}
