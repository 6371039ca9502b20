package io.hiberlet.agent.module.registry;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Credentials by where they are for, with the kubelet's rules of matching: {@code HOST[:PORT]} with
 * {@code *} for within one label, and a path that the repository must begin with; the longest match
 * comes first. Immutable.
 */
public final class Keyring {
  /** Without any credentials. */
  public static final Keyring EMPTY = new Keyring(List.of());

  private static final Pattern SCHEME = Pattern.compile("^https?://");
  private static final Pattern API_VERSION = Pattern.compile("^/v[12](?=/|$)");
  private static final String DOCKER_HUB = "docker.io/";
  private static final String DOCKER_HUB_KEY = "index.docker.io";

  private final List<Entry> entries;

  private Keyring(List<Entry> entries) {
    this.entries = entries;
  }

  /** Where credentials are for: a host's pattern, and a path without slashes at its ends. */
  private record Entry(String host, String path, Credentials credentials) {

    static Entry of(String key, Credentials credentials) {
      String url = SCHEME.matcher(key).replaceFirst("");
      int slash = url.indexOf('/');
      String host = slash < 0 ? url : url.substring(0, slash);
      String path = slash < 0 ? "" : url.substring(slash);
      String bare = API_VERSION.matcher(path).replaceFirst("");
      return new Entry(host, trimmed(bare), credentials);
    }

    private static String trimmed(String path) {
      int begin = path.startsWith("/") ? 1 : 0;
      int end = path.length() > begin && path.endsWith("/") ? path.length() - 1 : path.length();
      return path.substring(begin, end);
    }

    boolean matches(String otherHost, String otherPath) {
      return hostMatches(otherHost)
          && (path.isEmpty() || otherPath.equals(path) || otherPath.startsWith(path + "/"));
    }

    private boolean hostMatches(String other) {
      if (host.indexOf('*') < 0) {
        return host.equals(other);
      }
      String glob = Pattern.quote(host).replace("*", "\\E[^.:]*\\Q");
      return Pattern.matches(glob, other);
    }
  }

  /** Adds credentials for what a key of a Docker configuration names. */
  public Keyring with(String key, Credentials credentials) {
    List<Entry> more = new ArrayList<>(entries);
    more.add(Entry.of(key, credentials));
    more.sort(Comparator.comparingInt((Entry each) -> each.path().length()).reversed());
    return new Keyring(List.copyOf(more));
  }

  /** All of this, then all of another. */
  public Keyring plus(Keyring other) {
    List<Entry> all = new ArrayList<>(entries);
    all.addAll(other.entries);
    return new Keyring(List.copyOf(all));
  }

  /**
   * What to try, in this order.
   *
   * @param fullRepository {@code HOST[:PORT]/PATH}
   */
  public List<Credentials> lookup(String fullRepository) {
    List<Credentials> found = matching(fullRepository);
    return found.isEmpty() && fullRepository.startsWith(DOCKER_HUB)
        ? matching(DOCKER_HUB_KEY + fullRepository.substring(DOCKER_HUB.length() - 1))
        : found;
  }

  private List<Credentials> matching(String fullRepository) {
    int slash = fullRepository.indexOf('/');
    String host = fullRepository.substring(0, slash);
    String path = fullRepository.substring(slash + 1);
    return entries.stream()
        .filter(entry -> entry.matches(host, path))
        .map(Entry::credentials)
        .distinct()
        .toList();
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Keyring keyring && keyring.entries.equals(entries);
  }

  @Override
  public int hashCode() {
    return entries.hashCode();
  }

  @Override
  public String toString() {
    return "Keyring[%d]".formatted(entries.size());
  }
}
