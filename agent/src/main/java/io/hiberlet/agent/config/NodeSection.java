package io.hiberlet.agent.config;

import io.hiberlet.agent.config.AgentConfig.Capacity;
import io.hiberlet.agent.config.AgentConfig.Node;
import io.hiberlet.node.EvictionThresholds;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** Reads what the node is called, where it is, and what it offers. */
public final class NodeSection {
  private static final long MIB = 1 << 20;
  private static final long GIB = 1 << 30;

  /** RFC 1123, as the API server demands it of a Node's name. */
  private static final Pattern NODE_NAME =
      Pattern.compile(
          "(?=.{1,253}$)[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*");

  private static final Pattern LABEL_KEY =
      Pattern.compile(
          "([a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?");
  private static final Pattern LABEL_VALUE =
      Pattern.compile("([A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?");

  private final Host host;
  private final Overrides flags;

  NodeSection(Host host, Overrides flags) {
    this.host = host;
    this.flags = flags;
  }

  /**
   * @param own the kubeconfig that the node has, or will have when it has joined
   * @param bootstrap with what it joins
   */
  Node read(YamlSection section, Optional<Path> own, Optional<Path> bootstrap)
      throws ConfigException {
    Optional<String> name = section.parsed("name", NodeSection::nodeName);
    Optional<InetAddress> ip = section.parsed("ip", NodeSection::address);
    int port = section.number("port", 10250, 0, 65_535);
    Map<String, String> labels = labels(section.section("labels"));
    Capacity capacity = capacity(section.section("capacity"));
    EvictionThresholds evictionHard = EvictionSection.read(section.section("evictionHard"));
    section.refuseOthers();
    return new Node(
        flags.nodeName() != null ? flags.nodeName() : name.isPresent() ? name.get() : host.name(),
        flags.nodeIp() != null
            ? flags.nodeIp()
            : ip.isPresent()
                ? ip.get()
                : host.addressFor(existing(AgentConfigFile.required(own), bootstrap)),
        flags.port() != null ? flags.port() : port,
        labels,
        capacity,
        evictionHard);
  }

  /** Both name the same server; the node's own is not there before the node has joined. */
  private static Path existing(Path own, Optional<Path> bootstrap) {
    return Files.exists(own) ? own : bootstrap.orElse(own);
  }

  private static Map<String, String> labels(YamlSection section) throws ConfigException {
    Map<String, String> labels = section.allTexts();
    for (Map.Entry<String, String> label : labels.entrySet()) {
      if (!LABEL_KEY.matcher(label.getKey()).matches()) {
        throw section.error(label.getKey(), "'%s' is not a label's key".formatted(label.getKey()));
      }
      if (!NodeLabelRule.allows(label.getKey())) {
        throw section.error(
            label.getKey(),
            "a node may not give itself the label '%s' (NodeRestriction)"
                .formatted(label.getKey()));
      }
      if (!LABEL_VALUE.matcher(label.getValue()).matches()) {
        throw section.error(
            label.getKey(), "'%s' is not a label's value".formatted(label.getValue()));
      }
    }
    return labels;
  }

  private Capacity capacity(YamlSection section) throws ConfigException {
    long cpuMillis =
        section.within(
            "cpu", host.cpuMillis(), 1L, 1_000_000L, Quantities::cpuMillis, cpu -> cpu + "m");
    long memoryBytes = section.bytes("memory", host.memoryBytes(), 16 * MIB, 1024 * GIB);
    int pods = section.number("pods", 110, 1, 100_000);
    section.refuseOthers();
    return new Capacity(cpuMillis, memoryBytes, pods);
  }

  /**
   * A name that a Node may have.
   *
   * @throws IllegalArgumentException when it may not
   */
  public static String nodeName(String text) {
    if (!NODE_NAME.matcher(text).matches()) {
      throw new IllegalArgumentException(
          "'%s' is not a node's name: lower-case letters, digits, '-' and '.'".formatted(text));
    }
    return text;
  }

  /**
   * An address, not a name.
   *
   * @throws IllegalArgumentException when it is none
   */
  public static InetAddress address(String text) {
    try {
      return InetAddress.ofLiteral(text);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("'%s' is not an IP address".formatted(text), e);
    }
  }
}
