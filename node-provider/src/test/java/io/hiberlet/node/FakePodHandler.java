package io.hiberlet.node;

import io.hiberlet.node.pod.PodCache;
import io.kubernetes.client.openapi.models.V1Pod;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;

/** Writes down what it is asked, and ends pods at once unless told otherwise. */
public final class FakePodHandler implements PodHandler {

  /** One call of {@link PodHandler#terminate}. */
  public record Termination(PodKey pod, Duration grace) {}

  private final List<V1Pod> synced = new CopyOnWriteArrayList<>();
  private final List<Termination> terminations = new CopyOnWriteArrayList<>();
  private final Map<PodKey, PodReporter> reporters = new ConcurrentHashMap<>();
  private final List<V1Pod> remembered = new CopyOnWriteArrayList<>();
  private final Set<PodKey> known = ConcurrentHashMap.newKeySet();
  private volatile Runnable onSync = () -> {};
  private volatile Function<Termination, CompletionStage<Void>> onTerminate =
      termination -> CompletableFuture.completedFuture(null);

  @Override
  public void sync(V1Pod pod, PodReporter reporter) {
    synced.add(pod);
    onSync.run();
    PodKey key = PodCache.keyOf(pod);
    known.add(key);
    reporters.put(key, reporter);
  }

  @Override
  public CompletionStage<Void> terminate(PodKey pod, Duration grace) {
    var termination = new Termination(pod, grace);
    terminations.add(termination);
    return onTerminate.apply(termination).thenRun(() -> known.remove(pod));
  }

  @Override
  public Set<PodKey> known() {
    return Set.copyOf(known);
  }

  @Override
  public List<V1Pod> remembered() {
    return List.copyOf(remembered);
  }

  /** As if an earlier process had run this pod, and kept nothing but its name. */
  public void remember(PodKey pod) {
    known.add(pod);
  }

  /** As if an earlier process had run this pod. */
  public void remember(V1Pod pod) {
    known.add(PodCache.keyOf(pod));
    remembered.add(pod);
  }

  public void onSync(Runnable action) {
    onSync = action;
  }

  public void onTerminate(Function<Termination, CompletionStage<Void>> action) {
    onTerminate = action;
  }

  public List<V1Pod> synced() {
    return synced;
  }

  public List<Termination> terminations() {
    return terminations;
  }

  /** Waits until the pod was handed over. */
  public PodReporter reporterOf(PodKey pod) {
    Await.until(pod + " is handed over", () -> reporters.containsKey(pod));
    return reporters.get(pod);
  }
}
