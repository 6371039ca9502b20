package io.hiberlet.node.api;

import io.hiberlet.node.ContainerAccess;
import io.hiberlet.node.PodLister;
import java.util.function.Supplier;

/**
 * What the API shows.
 *
 * @param metrics writes all metrics in the Prometheus text format
 */
public record NodeContent(PodLister pods, ContainerAccess containers, Supplier<String> metrics) {}
