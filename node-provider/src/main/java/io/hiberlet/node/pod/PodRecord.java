package io.hiberlet.node.pod;

import io.hiberlet.node.PodReport;
import io.kubernetes.client.openapi.JSON;
import io.kubernetes.client.openapi.models.V1ObjectMeta;
import io.kubernetes.client.openapi.models.V1Pod;
import io.kubernetes.client.openapi.models.V1PodStatus;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.Arrays;
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

  private byte @Nullable [] synced;
  private @Nullable Duration grace;
  private @Nullable V1Pod written;
  private boolean deleted;
  private @Nullable Duration graceWhenGone;
  private End end = End.NONE;
  private @Nullable Throwable endFailure;
  private @Nullable PodReport report;

  /** Whether the handler has not seen this spec, these labels and annotations yet. */
  boolean needsSync(V1Pod pod) {
    return synced == null || !Arrays.equals(synced, fingerprint(pod));
  }

  /** Whether the handler has seen any version. */
  boolean wasSynced() {
    return synced != null;
  }

  /** The handler has seen, or need not see, this version. */
  void synced(V1Pod pod) {
    synced = fingerprint(pod);
  }

  /** Stands for what the handler is told of a pod, in a hundredth of its size. */
  private static byte[] fingerprint(V1Pod pod) {
    V1Pod told =
        new V1Pod()
            .spec(pod.getSpec())
            .metadata(
                new V1ObjectMeta()
                    .labels(pod.getMetadata().getLabels())
                    .annotations(pod.getMetadata().getAnnotations()));
    try {
      return MessageDigest.getInstance("SHA-256")
          .digest(JSON.serialize(told).getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
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
    if (written != null && !isNewer(written, pod)) {
      written = null;
    }
    V1Pod newest = written == null ? pod : written;
    return newest.getStatus() == null ? new V1PodStatus() : newest.getStatus();
  }

  void written(V1Pod result) {
    written = result;
  }

  /** It is a static pod, which may take so long to end when its file goes. */
  synchronized void runsFromFile(Duration grace) {
    graceWhenGone = grace;
  }

  synchronized boolean runsFromFile() {
    return graceWhenGone != null;
  }

  /** A pod that the API server does not know any more ends at once. */
  synchronized Duration graceWhenGone() {
    return graceWhenGone == null ? Duration.ZERO : graceWhenGone;
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
