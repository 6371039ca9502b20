package io.hiberlet.agent.runtime;

import java.nio.file.Path;

/**
 * A folder or a file of this machine that a guest sees, read-only.
 *
 * @param path where the guest sees it: absolute, with no empty part, no {@code .} and no {@code ..}
 * @param target may lead through symbolic links, which are followed anew whenever something is
 *     looked up; below it there must be none
 */
public record GuestMount(String path, Path target) {}
