package io.hiberlet.agent.volume;

import io.hiberlet.agent.admission.MountSpec;
import io.hiberlet.agent.admission.VolumeSource;
import io.hiberlet.node.object.ObjectName;
import io.hiberlet.node.object.PodObjects;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keeps the volumes of one container up to date while it is in memory. Thread-safe. */
public final class VolumeUpdates implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(VolumeUpdates.class);

  /** Writes the volumes. */
  @FunctionalInterface
  interface Writing {
    void write() throws VolumeException;
  }

  private final Writing writing;
  private final Executor blocking;
  private final List<PodObjects.Following> followings;

  /** Whether a writing is due that has not begun: what changes before it does is part of it. */
  private final AtomicBoolean due = new AtomicBoolean();

  private volatile boolean closed;

  VolumeUpdates(List<MountSpec> mounts, PodObjects objects, Executor blocking, Writing writing) {
    this.writing = writing;
    this.blocking = blocking;
    Set<ObjectName> names = new LinkedHashSet<>();
    for (MountSpec mount : mounts) {
      for (VolumeSource source : mount.volume().sources()) {
        if (source instanceof VolumeSource.Keys keys) {
          names.add(keys.object());
        }
      }
    }
    this.followings = names.stream().map(name -> objects.follow(name, this::changed)).toList();
  }

  private void changed() {
    if (!closed && due.compareAndSet(false, true)) {
      blocking.execute(this::write);
    }
  }

  private void write() {
    due.set(false);
    if (closed) {
      return;
    }
    try {
      writing.write();
    } catch (VolumeException e) { // as with the kubelet, the files stay as they were
      log.atWarn().addKeyValue("reason", e.getMessage()).log("A volume was not brought up to date");
    }
  }

  @Override
  public void close() {
    closed = true;
    followings.forEach(PodObjects.Following::close);
  }
}
