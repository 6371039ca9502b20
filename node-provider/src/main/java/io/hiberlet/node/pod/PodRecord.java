package io.hiberlet.node.pod;

import io.hiberlet.node.PodReport;
import io.kubernetes.client.openapi.models.V1Pod;
import io.kubernetes.client.openapi.models.V1PodStatus;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What the node remembers of one pod. Reports and the end of a termination come from any thread;
 * everything else belongs to whichever worker has the pod at the moment.
 */
final class PodRecord {
  /** The pod's way out. It goes forward only, but for a termination that failed. */
  private enum End {
    NONE,
    ASKED,
    DONE
  }

  private @Nullable V1Pod synced;
  private @Nullable Duration grace;
  private @Nullable V1Pod written;
  private boolean deleted;
  private End end = End.NONE;
  private @Nullable Throwable endFailure;
  private @Nullable PodReport report;

  /** Whether the handler has not seen this spec, these labels and annotations yet. */
  boolean needsSync(V1Pod pod) {
    if (synced == null) {
      return true;
    }
    return !Objects.equals(synced.getSpec(), pod.getSpec())
        || !Objects.equals(synced.getMetadata().getLabels(), pod.getMetadata().getLabels())
        || !Objects.equals(
            synced.getMetadata().getAnnotations(), pod.getMetadata().getAnnotations());
  }

  /** The handler has seen, or need not see, this version. */
  void synced(V1Pod pod) {
    synced = pod;
  }

  /**
   * Takes the newest report.
   *
   * @return false when it is refused because the pod has ended already: no pod leaves that phase
   */
  synchronized boolean report(PodReport newest) {
    if (report != null && report.phase().isFinal() && !newest.phase().isFinal()) {
      return false;
    }
    report = newest;
    return true;
  }

  synchronized @Nullable PodReport report() {
    return report;
  }

  /** Whether the handler must be asked to end the pod, for the first time or sooner than before. */
  synchronized boolean asksToEnd(Duration within) {
    if (end == End.DONE || (end == End.ASKED && grace != null && within.compareTo(grace) >= 0)) {
      return false;
    }
    end = End.ASKED;
    grace = within;
    return true;
  }

  synchronized void ended() {
    end = End.DONE;
  }

  /** The handler could not end it and is to be asked again. */
  synchronized void endFailed(Throwable failure) {
    if (end == End.ASKED) {
      end = End.NONE;
      endFailure = failure;
    }
  }

  /** Why the handler could not end the pod; told once. */
  synchronized @Nullable Throwable takeEndFailure() {
    Throwable failure = endFailure;
    endFailure = null;
    return failure;
  }

  synchronized boolean isEnding() {
    return end == End.ASKED;
  }

  synchronized boolean hasEnded() {
    return end == End.DONE;
  }

  /**
   * The status that the API server has: what it answered to the last write, until the watch has
   * brought something newer.
   */
  V1PodStatus statusOf(V1Pod pod) {
    V1Pod newest = written != null && isNewer(written, pod) ? written : pod;
    return newest.getStatus() == null ? new V1PodStatus() : newest.getStatus();
  }

  void written(V1Pod result) {
    written = result;
  }

  /** The API server has taken the final deletion; only finalizers may keep the object. */
  boolean isDeleted() {
    return deleted;
  }

  void deleted() {
    deleted = true;
  }

  /** Versions of one resource are numbers that grow (KEP-5504). */
  private static boolean isNewer(V1Pod one, V1Pod other) {
    return Long.parseLong(one.getMetadata().getResourceVersion())
        > Long.parseLong(other.getMetadata().getResourceVersion());
  }
}
