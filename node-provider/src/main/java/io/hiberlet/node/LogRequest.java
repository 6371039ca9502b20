package io.hiberlet.node;

import io.hiberlet.node.log.Stream;
import java.time.Instant;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * The options of {@code kubectl logs}, as PodLogOptions of the Kubernetes API defines them.
 *
 * @param uid null when any pod of that name will do
 * @param since only lines not older than this; null for all
 * @param tailLines only the last lines; empty for all
 * @param limitBytes end after so many bytes; empty for no limit
 * @param stream only what was written to it (KEP-3288); null for both
 */
public record LogRequest(
    String namespace,
    String pod,
    @Nullable String uid,
    String container,
    boolean follow,
    boolean previous,
    boolean timestamps,
    @Nullable Instant since,
    OptionalLong tailLines,
    OptionalLong limitBytes,
    @Nullable Stream stream) {}
