// The loop that brings the world to what it should be, one object at a time.

import { Collection, Listing, Watching } from "./collection";
import { exit, info, monotonicMillis, warn } from "./host";
import { Json } from "./json";
import { Stopping, Timer, after, cancel, onStop } from "./loop";
import { Answer } from "./request";

const FIRST_RETRY: i64 = 500;
const SLOWEST_RETRY: i64 = 300_000;
const FIRST_RELIST: i64 = 1_000;
const SLOWEST_RELIST: i64 = 60_000;
/** A watch that lived this long proves that the API server is well. */
const HEALTHY: i64 = 5_000;

/** The name of an object in its collection. */
export class Key {
  constructor(
    public namespace: string,
    public name: string,
  ) {}

  toString(): string {
    return this.namespace + "/" + this.name;
  }
}

/** Brings one object to what it should be. */
export abstract class Reconciler {
  /**
   * Ends, now or later, with the controller's `done` or `failed`; the next one is not begun before.
   *
   * @param object null when it is gone
   */
  abstract reconcile(key: Key, object: Json | null): void;
}

/** An object, or what has still to be done about one that is gone. */
class Entry {
  object: Json | null = null;
  ready: bool = false;
  /** When it becomes ready; 0: there is no such time. */
  due: i64 = 0;
  /** How long to wait after one more failure. */
  retry: i64 = FIRST_RETRY;

  constructor(public key: Key) {}
}

/**
 * Follows a collection, which it lists again whenever the watch has lost its position, and
 * reconciles what is new, different or gone, from the first list on. Changes that come meanwhile
 * are merged into one more call. At the host's STOP it finishes what is under way, and ends the
 * program.
 */
export class Controller {
  private entries: Map<string, Entry> = new Map<string, Entry>();
  private queue: Entry[] = [];
  private working: Entry | null = null;
  private inReconcile: bool = false;
  private over: bool = false;
  private again: i64 = 0;
  private synced: bool = false;
  private stopping: bool = false;
  private timer: i64 = 0;
  /** 0: there is no timer. */
  private timerDue: i64 = 0;

  constructor(
    public collection: Collection,
    public labels: string,
    private reconciler: Reconciler,
  ) {
    onStop(new Stop(this));
    new Informer(this).list();
  }

  /** Asks for a reconcile of an object that need not exist. */
  enqueue(key: Key): void {
    this.makeReady(this.entry(key));
    this.pump();
  }

  /** It is done. Reconciles it again after that many milliseconds even so; 0: not. */
  done(againMillis: i64): void {
    this.working!.retry = FIRST_RETRY;
    this.finish(againMillis);
  }

  /** It failed, and is tried again later, the later the more often that happened. */
  failed(reason: string): void {
    const entry = this.working!;
    const delay = entry.retry;
    warn(`${entry.key.toString()}: ${reason}; trying again in ${delay} ms`);
    entry.retry = min(2 * delay, SLOWEST_RETRY);
    this.finish(delay);
  }

  private finish(againMillis: i64): void {
    this.again = againMillis;
    this.over = true;
    this.pump();
  }

  /** Reconciles until one of them takes its time. */
  private pump(): void {
    if (!this.synced || this.inReconcile) return;
    for (;;) {
      if (this.working) {
        if (!this.over) return;
        this.conclude(this.working!);
      }
      this.stopIfAsked();
      if (this.queue.length == 0) return;
      this.begin(this.queue.shift());
    }
  }

  private begin(entry: Entry): void {
    entry.ready = false;
    this.working = entry;
    this.over = false;
    this.inReconcile = true;
    this.reconciler.reconcile(entry.key, entry.object);
    this.inReconcile = false;
  }

  private conclude(entry: Entry): void {
    this.working = null;
    if (this.again > 0) this.makeDue(entry, this.again);
    this.dropIfOver(entry);
  }

  /** Not while a reconcile is under way. */
  stopIfAsked(): void {
    if (!this.stopping || this.working) return;
    info("stopped");
    exit(0);
  }

  stop(): void {
    this.stopping = true;
    this.stopIfAsked();
  }

  private entry(key: Key): Entry {
    const name = key.toString();
    if (!this.entries.has(name)) this.entries.set(name, new Entry(key));
    return this.entries.get(name);
  }

  private dropIfOver(entry: Entry): void {
    if (!entry.object && !entry.ready && entry.due == 0) this.entries.delete(entry.key.toString());
  }

  private makeReady(entry: Entry): void {
    entry.due = 0;
    if (entry.ready) return;
    entry.ready = true;
    this.queue.push(entry);
  }

  private makeDue(entry: Entry, millis: i64): void {
    const due = monotonicMillis() + millis;
    if (entry.ready || (entry.due != 0 && entry.due <= due)) return;
    entry.due = due;
    if (this.timerDue == 0 || due < this.timerDue) this.setTimer(due, millis);
  }

  private setTimer(due: i64, millis: i64): void {
    if (this.timerDue != 0) cancel(this.timer);
    this.timerDue = due;
    this.timer = after(millis, new Retry(this));
  }

  /** Makes ready what is due. */
  ring(): void {
    this.timerDue = 0;
    const now = monotonicMillis();
    const entries = this.entries.values();
    let next: i64 = 0;
    for (let i = 0; i < entries.length; i++) {
      const entry = entries[i];
      if (entry.due == 0) continue;
      if (entry.due <= now) {
        this.makeReady(entry);
      } else if (next == 0 || entry.due < next) {
        next = entry.due;
      }
    }
    if (next != 0) this.setTimer(next, next - now);
    this.pump();
  }

  /** An object as it is now. */
  changed(object: Json): void {
    const metadata = object.get("metadata");
    const key = new Key(metadata.get("namespace").string(), metadata.get("name").string());
    const entry = this.entry(key);
    // After a crash of the host, changes are told again.
    if (entry.object && sameVersion(entry.object!.get("metadata"), metadata)) return;
    metadata.members.delete("managedFields"); // nobody reads them, and they may be most of it
    entry.object = object;
    this.makeReady(entry);
    this.pump();
  }

  /** An object is gone. */
  gone(name: string): void {
    if (!this.entries.has(name)) return;
    const entry = this.entries.get(name);
    if (!entry.object) return;
    entry.object = null;
    this.makeReady(entry);
    this.pump();
  }

  /** A list is complete: what it did not have is gone. */
  listed(names: Set<string>): void {
    const known = this.entries.keys();
    for (let i = 0; i < known.length; i++) {
      if (!names.has(known[i])) this.gone(known[i]);
    }
    this.synced = true;
    this.pump();
  }
}

function sameVersion(one: Json, other: Json): bool {
  return (
    one.get("resourceVersion").string() == other.get("resourceVersion").string() &&
    one.get("uid").string() == other.get("uid").string()
  );
}

class Stop extends Stopping {
  constructor(private controller: Controller) {
    super();
  }

  stop(): void {
    this.controller.stop();
  }
}

class Retry extends Timer {
  constructor(private controller: Controller) {
    super();
  }

  ring(): void {
    this.controller.ring();
  }
}

/** Keeps a controller's copy of its collection. */
class Informer {
  private watchBegun: i64 = 0;
  private relist: i64 = FIRST_RELIST;

  constructor(public controller: Controller) {}

  list(): void {
    this.controller.collection.list(this.controller.labels, new InitialList(this));
  }

  watch(version: string): void {
    this.watchBegun = monotonicMillis();
    this.controller.collection.watch(this.controller.labels, version, new Changes(this));
  }

  ended(failure: Answer): void {
    if (failure.status != 200 && failure.status != 410) {
      this.failed(failure);
    } else if (monotonicMillis() - this.watchBegun >= HEALTHY) {
      this.relist = FIRST_RELIST;
      this.list();
    } else {
      this.listLater();
    }
  }

  failed(failure: Answer): void {
    warn(`watching ${this.controller.collection.resource.plural}: ${failure.reason()}`);
    this.listLater();
  }

  private listLater(): void {
    after(this.relist, new Relist(this));
    this.relist = min(2 * this.relist, SLOWEST_RELIST);
  }
}

class Relist extends Timer {
  constructor(private informer: Informer) {
    super();
  }

  ring(): void {
    this.informer.list();
  }
}

class InitialList extends Listing {
  private names: Set<string> = new Set<string>();

  constructor(private informer: Informer) {
    super();
  }

  found(object: Json): void {
    const metadata = object.get("metadata");
    const key = new Key(metadata.get("namespace").string(), metadata.get("name").string());
    this.names.add(key.toString());
    this.informer.controller.changed(object);
  }

  listed(failure: Answer, version: string): void {
    if (!failure.ok()) {
      this.informer.failed(failure);
      return;
    }
    const controller = this.informer.controller;
    const plural = controller.collection.resource.plural;
    info(`listed ${this.names.size} ${plural} at resourceVersion ${version}`);
    controller.listed(this.names);
    this.informer.watch(version);
  }
}

class Changes extends Watching {
  constructor(private informer: Informer) {
    super();
  }

  changed(type: string, object: Json): void {
    const metadata = object.get("metadata");
    if (type == "DELETED") {
      const key = new Key(metadata.get("namespace").string(), metadata.get("name").string());
      this.informer.controller.gone(key.toString());
    } else if (type != "BOOKMARK") {
      this.informer.controller.changed(object);
    }
  }

  ended(failure: Answer): void {
    this.informer.ended(failure);
  }
}
