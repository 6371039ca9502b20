package io.hiberlet.agent.volume;

import io.hiberlet.node.object.PodObjects;
import java.time.Clock;

/** What volumes are filled from. */
public record VolumeInputs(PodObjects objects, TokenRequests tokens, Clock clock) {}
