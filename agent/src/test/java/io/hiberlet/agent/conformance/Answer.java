package io.hiberlet.agent.conformance;

/**
 * What a conformance guest answers (docs/conformance.md).
 *
 * @param result of the task
 * @param count of the tasks that the guest has done in its life
 * @param sum of all their results
 */
record Answer(String result, long count, long sum) {}
