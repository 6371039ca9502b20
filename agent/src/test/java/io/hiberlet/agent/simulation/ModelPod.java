package io.hiberlet.agent.simulation;

import io.hiberlet.agent.admission.Annotations;
import io.hiberlet.agent.hostio.TokenSource;
import io.hiberlet.node.ContainerReport.Running;
import io.hiberlet.node.PodKey;
import io.hiberlet.node.PodReport;
import io.hiberlet.node.PodReport.Condition;
import io.kubernetes.client.openapi.models.V1Container;
import io.kubernetes.client.openapi.models.V1ObjectMeta;
import io.kubernetes.client.openapi.models.V1Pod;
import io.kubernetes.client.openapi.models.V1PodSpec;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** A pod as its cluster knows it, and what its controller may do and has done. */
final class ModelPod implements TokenSource {
  private final PodKey key;
  private final Ledger ledger;
  private final V1Pod pod;
  private int refusedTokens;
  private boolean deleted;
  private boolean mayList = true;
  private boolean mayStartOver = true;
  private boolean explained = true;
  private boolean running;
  private boolean hasSlept;

  /**
   * @param idleAfter as the annotation has it
   */
  ModelPod(PodKey key, Ledger ledger, String idleAfter) {
    this.key = key;
    this.ledger = ledger;
    this.pod = manifest(key, idleAfter);
  }

  /** A pod of one witness, as Kubernetes has it. */
  static V1Pod manifest(PodKey key, String idleAfter) {
    return new V1Pod()
        .metadata(
            new V1ObjectMeta()
                .namespace(key.namespace())
                .name(key.name())
                .uid(key.uid())
                .annotations(
                    Map.of(
                        Annotations.CONTROLLER,
                        Annotations.CONTROLLER_V1,
                        Annotations.IDLE_AFTER,
                        idleAfter)))
        .spec(
            new V1PodSpec()
                .containers(List.of(new V1Container().name("witness").image("witness"))));
  }

  PodKey key() {
    return key;
  }

  Ledger ledger() {
    return ledger;
  }

  V1Pod pod() {
    return pod;
  }

  /** What its tokens begin with, before a space. */
  String identity() {
    return key.uid();
  }

  @Override
  public CompletionStage<String> token() {
    return CompletableFuture.completedFuture(identity() + " " + refusedTokens);
  }

  @Override
  public void refused(String token) {
    refusedTokens++;
  }

  void delete() {
    deleted = true;
    mayStartOver = true;
  }

  boolean isDeleted() {
    return deleted;
  }

  /** Whether its controller has a reason to list: a watch that ended, or a past that is gone. */
  boolean mayList() {
    return mayList;
  }

  void hasReasonToList() {
    mayList = true;
  }

  void watches() {
    mayList = false;
  }

  /** Whether its stored state may be given up. */
  boolean mayStartOver() {
    return mayStartOver;
  }

  void hasReasonToStartOver() {
    mayStartOver = true;
    mayList = true;
  }

  /** The agent has told why its controller does not go on as before. */
  void isExplained() {
    explained = true;
  }

  /**
   * Its controller begins a new life.
   *
   * @return whether the agent has told why, or could not because its process ended
   */
  boolean startsOver() {
    boolean told = explained;
    explained = false;
    mayStartOver = deleted;
    mayList = true;
    return told;
  }

  void reported(PodReport report) {
    running = report.containers().stream().allMatch(each -> each.state() instanceof Running);
    hasSlept |= report.conditions().stream().anyMatch(Condition::status);
  }

  /** The process that ran it has ended. */
  void abandoned() {
    running = false;
    mayList = true;
    explained = true;
  }

  boolean isRunning() {
    return running;
  }

  /** Whether it was out of memory at some time since this was last asked to be forgotten. */
  boolean hasSlept() {
    return hasSlept;
  }

  void forgetSleep() {
    hasSlept = false;
  }

  @Override
  public String toString() {
    return key.uid();
  }
}
