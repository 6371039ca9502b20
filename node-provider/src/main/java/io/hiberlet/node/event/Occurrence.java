package io.hiberlet.node.event;

import io.kubernetes.client.openapi.models.V1ObjectReference;
import java.time.Instant;

/** Something that happened to an object at one moment. */
record Occurrence(
    V1ObjectReference about, String type, String reason, String message, Instant at) {}
