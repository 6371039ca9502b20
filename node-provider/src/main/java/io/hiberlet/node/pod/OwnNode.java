package io.hiberlet.node.pod;

import java.util.Optional;
import java.util.function.Supplier;

/**
 * The node whose pods these are.
 *
 * @param ip which its pods share
 * @param uid of the Node that exists; empty while that is not known
 */
public record OwnNode(String name, String ip, Supplier<Optional<String>> uid) {}
