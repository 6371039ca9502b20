package io.hiberlet.agent.settings;

import io.hiberlet.agent.admission.ControllerSpec;
import io.hiberlet.agent.admission.EnvSource;
import io.hiberlet.agent.runtime.GuestSettings;
import io.hiberlet.node.object.PodObjects;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Semaphore;

/**
 * Puts together what a container begins with, by the kubelet's rules ({@code
 * makeEnvironmentVariables} in {@code pkg/kubelet}), but for the variables about Services: a guest
 * has no network that they would be of use for. Thread-safe.
 */
public final class SettingsResolver {
  private static final String WORKING_DIR = "PWD";

  /** Keeps many starts at once from having many objects in memory. */
  private static final int MOST_AT_ONCE = 16;

  private final PodObjects objects;
  private final Semaphore atOnce = new Semaphore(MOST_AT_ONCE);

  public SettingsResolver(PodObjects objects) {
    this.objects = objects;
  }

  /**
   * Reads what the container's configuration refers to; blocks for some requests.
   *
   * @throws UnresolvedException when something that it must have is missing, or cannot be had now
   */
  public ResolvedSettings resolve(ControllerSpec spec)
      throws UnresolvedException, InterruptedException {
    atOnce.acquire();
    try {
      return resolve(spec, new ObjectReads(objects));
    } finally {
      atOnce.release();
    }
  }

  private static ResolvedSettings resolve(ControllerSpec spec, ObjectReads reads)
      throws UnresolvedException {
    List<String> skipped = new ArrayList<>();
    Map<String, String> env = new LinkedHashMap<>();
    for (EnvSource source : spec.env()) {
      switch (source) {
        case EnvSource.Text(String name, String text) -> env.put(name, Expansion.expand(text, env));
        case EnvSource.Value(String name, String value) -> env.put(name, value);
        case EnvSource.Key key -> reads.value(key).ifPresent(value -> env.put(key.name(), value));
        case EnvSource.AllKeys all -> {
          PrefixedKeys keys = PrefixedKeys.of(all, reads.values(all));
          env.putAll(keys.variables());
          keys.complaint().ifPresent(skipped::add);
        }
      }
      SettingsSize.require(SettingsSize.of(env));
    }
    List<String> args = args(spec, env);
    if (spec.workingDir() != null) {
      env.putIfAbsent(WORKING_DIR, spec.workingDir());
    }
    requireTexts(args, env);
    return new ResolvedSettings(new GuestSettings(args, env), skipped);
  }

  private static List<String> args(ControllerSpec spec, Map<String, String> env)
      throws UnresolvedException {
    long characters = SettingsSize.of(env);
    List<String> args = new ArrayList<>();
    for (String arg : spec.args()) {
      String expanded = Expansion.expand(arg, env);
      characters += expanded.length();
      SettingsSize.require(characters);
      args.add(expanded);
    }
    return args;
  }

  /** WASI hands a program texts that NUL ends. */
  private static void requireTexts(List<String> args, Map<String, String> env)
      throws UnresolvedException {
    for (String arg : args) {
      requireText("an argument", arg);
    }
    for (Map.Entry<String, String> variable : env.entrySet()) {
      requireText("environment variable " + variable.getKey(), variable.getValue());
    }
  }

  private static void requireText(String what, String text) throws UnresolvedException {
    if (text.indexOf('\0') >= 0) {
      throw new UnresolvedException(what + " holds a NUL character", null);
    }
  }
}
