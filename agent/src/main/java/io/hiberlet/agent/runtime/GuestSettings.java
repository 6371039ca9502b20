package io.hiberlet.agent.runtime;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The arguments and the environment of a program: given once, when its life begins, and the same
 * until that ends, hibernation included. So they are a part of its state.
 *
 * @param args WASI's arguments, the program's name first
 * @param env WASI's environment, in this order
 */
public record GuestSettings(List<String> args, Map<String, String> env) {

  /** No arguments and no environment. */
  public static final GuestSettings NONE = new GuestSettings(List.of(), Map.of());

  public GuestSettings {
    args = List.copyOf(args);
    env = Collections.unmodifiableMap(new LinkedHashMap<>(env));
  }

  /** Without the values, which may be secrets. */
  @Override
  public String toString() {
    return "GuestSettings[args=%d, env=%s]".formatted(args.size(), env.keySet());
  }
}
