// The ring operator: copies the TestResources of one namespace into the next.
//
// Each resource of IN_NAMESPACE is created, updated and deleted under the same name in
// OUT_NAMESPACE. Operators whose namespaces form a ring hand a resource all the way round; it stops
// before the namespace that it came from. With KIND=ConfigMap the ring carries ConfigMaps.

import {
  Answer,
  Call,
  Collection,
  Controller,
  Json,
  Key,
  Listing,
  Reconciler,
  error,
  exit,
  info,
  variable,
  wake,
  warn,
} from "../../sdk/assemblyscript/hiberlet";
import { Action, COPIED_FROM, Freight, Plan, Route } from "./plan";

class Operator extends Reconciler {
  private controller: Controller | null = null;
  private copies: Collection;

  constructor(public route: Route) {
    super();
    this.copies = new Collection(route.freight.resource, route.to);
  }

  start(): void {
    const originals = new Collection(this.route.freight.resource, this.route.from);
    this.controller = new Controller(originals, "", this);
    this.copies.list(COPIED_FROM + "=" + this.route.from, new OwnCopies(this));
  }

  reconcile(key: Key, original: Json | null): void {
    this.copies.get(key.name, new Comparison(this, key.name, original));
  }

  enqueue(name: string): void {
    this.controller!.enqueue(new Key(this.route.from, name));
  }

  done(): void {
    this.controller!.done(0);
  }

  failed(answer: Answer): void {
    this.controller!.failed(answer.reason());
  }

  carryOut(name: string, plan: Plan, copy: Json | null): void {
    switch (plan.action) {
      case Action.CREATE:
        this.copies.create(plan.object, new Writing(this, name, "created"));
        break;
      case Action.UPDATE:
        this.copies.update(name, plan.object, new Writing(this, name, "updated"));
        break;
      case Action.DELETE: {
        const uid = copy!.get("metadata").get("uid").string();
        this.copies.remove(name, uid, new Writing(this, name, "deleted"));
        break;
      }
      case Action.LEAVE_ALONE:
        warn(`${name}: the one in ${this.route.to} is not a copy of this one; left alone`);
        this.done();
        break;
      default:
        this.done();
    }
  }
}

/** What was deleted while no operator ran is known by its copy alone. */
class OwnCopies extends Listing {
  constructor(private operator: Operator) {
    super();
  }

  found(copy: Json): void {
    this.operator.enqueue(copy.get("metadata").get("name").string());
  }

  listed(failure: Answer, version: string): void {
    if (failure.ok()) return;
    error(`listing the copies in ${this.operator.route.to}: ${failure.reason()}`);
    exit(1);
  }
}

class Comparison extends Call {
  constructor(
    private operator: Operator,
    private name: string,
    private original: Json | null,
  ) {
    super();
  }

  answered(answer: Answer): void {
    if (!answer.ok() && !answer.isNotFound()) {
      this.operator.failed(answer);
      return;
    }
    const copy = answer.ok() ? answer.json() : null;
    const plan = this.operator.route.plan(this.original, copy);
    this.operator.carryOut(this.name, plan, copy);
  }
}

class Writing extends Call {
  constructor(
    private operator: Operator,
    private name: string,
    private what: string,
  ) {
    super();
  }

  answered(answer: Answer): void {
    if (!answer.ok() && !(this.what == "deleted" && answer.isNotFound())) {
      this.operator.failed(answer);
      return;
    }
    info(`${this.name}: ${this.what} in ${this.operator.route.to}`);
    this.operator.done();
  }
}

function setting(name: string): string {
  const value = variable(name);
  if (value !== null && value.length > 0) return value;
  error(`the environment variable ${name} is missing`);
  exit(1);
  return "";
}

function start(): void {
  const kind = variable("KIND");
  const freight = Freight.ofKind(kind);
  if (freight === null) {
    error(`KIND is "${kind!}"; a ring carries TestResource or ConfigMap`);
    exit(1);
    return;
  }
  const route = new Route(freight, setting("IN_NAMESPACE"), setting("OUT_NAMESPACE"));
  if (route.from == route.to) {
    error(`IN_NAMESPACE and OUT_NAMESPACE are both ${route.from}`);
    exit(1);
  }
  info(`copying each ${freight.kind} from ${route.from} to ${route.to}`);
  new Operator(route).start();
}

let begun = false;

export function hiberlet_wake(): void {
  if (!begun) {
    begun = true;
    start();
  }
  wake();
}
