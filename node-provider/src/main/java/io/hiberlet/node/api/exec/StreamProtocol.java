package io.hiberlet.node.api.exec;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** The versions of the remote command protocol, the newest first. */
enum StreamProtocol {
  /** Over WebSocket, a stream can be closed alone; over SPDY, it is version 4. */
  V5("v5.channel.k8s.io"),
  /** The exit code comes as a metav1.Status. */
  V4("v4.channel.k8s.io"),
  /** Terminals can be resized. */
  V3("v3.channel.k8s.io"),
  V2("v2.channel.k8s.io"),
  V1("channel.k8s.io");

  private final String id;

  StreamProtocol(String id) {
    this.id = id;
  }

  String id() {
    return id;
  }

  boolean hasStatus() {
    return this == V5 || this == V4;
  }

  boolean hasResize() {
    return hasStatus() || this == V3;
  }

  /** The first of the client's that is among the supported ones. */
  static Optional<StreamProtocol> negotiate(List<String> wanted, List<StreamProtocol> supported) {
    return wanted.stream()
        .flatMap(header -> Arrays.stream(header.split(",", -1)))
        .map(String::strip)
        .flatMap(id -> supported.stream().filter(protocol -> protocol.id.equals(id)))
        .findFirst();
  }

  static String ids(List<StreamProtocol> protocols) {
    return protocols.stream().map(StreamProtocol::id).collect(Collectors.joining(","));
  }
}
