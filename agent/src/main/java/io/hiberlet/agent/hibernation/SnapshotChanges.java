package io.hiberlet.agent.hibernation;

import io.hiberlet.agent.runtime.GuestState.Memory;
import io.hiberlet.agent.runtime.GuestState.Page;
import io.hiberlet.snapshot.Change;
import io.hiberlet.snapshot.Table;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;

/**
 * The changes of a snapshot: some that are given, then those that store the pages of its memories.
 * Each of these is made when it is asked for, so that a large state is not held twice in the heap.
 * (A flattened {@code Stream} would make them all first: its iterator buffers what each part
 * gives.)
 */
final class SnapshotChanges implements Iterator<Change> {
  private final Iterator<Change> given;
  private final ControllerId id;
  private final List<Memory> memories;
  private final byte[] head;
  private int memory = -1;
  private Iterator<Page> pages = Collections.emptyIterator();

  SnapshotChanges(List<Change> given, ControllerId id, List<Memory> memories, int generation) {
    this.given = given.iterator();
    this.id = id;
    this.memories = memories;
    this.head = PageRecord.head(generation);
  }

  @Override
  public boolean hasNext() {
    if (given.hasNext()) {
      return true;
    }
    while (!pages.hasNext() && memory + 1 < memories.size()) {
      memory++;
      pages = memories.get(memory).pages().iterator();
    }
    return pages.hasNext();
  }

  @Override
  public Change next() {
    if (!hasNext()) {
      throw new NoSuchElementException();
    }
    if (given.hasNext()) {
      return given.next();
    }
    Page page = pages.next();
    return new Change.Put(
        Table.PAGES, SnapshotKeys.page(id, memory, page.index()), head, page.bytes());
  }
}
