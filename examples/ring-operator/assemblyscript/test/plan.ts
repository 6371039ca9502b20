// Checks of what is to be done; plan.test.mjs calls them.

import { Json } from "../../../sdk/assemblyscript/hiberlet";
import { Action, Freight, Route } from "../plan";

const NONE = "";

function labels(from: string, origin: string): string {
  return `{"example.hiberlet.io/copied-from":"${from}","example.hiberlet.io/origin":"${origin}"}`;
}

function object(nonce: string, labels: string, more: string = ""): string {
  const metadata = `{${more}"name":"a","resourceVersion":"7","labels":${labels}}`;
  return `{"metadata":${metadata},"spec":{"nonce":${nonce}}}`;
}

function original(nonce: string): string {
  return object(nonce, "{}");
}

function copy(nonce: string): string {
  return object(nonce, labels("ring-1", "ring-1"));
}

/** Checks what is to be done; where there is no object, its text is empty. */
function planned(
  kind: string | null,
  original: string,
  copy: string,
  action: Action,
  wanted: string = "null",
): void {
  const route = new Route(Freight.ofKind(kind)!, "ring-1", "ring-2");
  const plan = route.plan(
    original == NONE ? null : Json.read(original),
    copy == NONE ? null : Json.read(copy),
  );
  assert(plan.action == action, original);
  assert(plan.object.toString() == wanted, plan.object.toString());
}

function created(origin: string): string {
  const metadata =
    '{"namespace":"ring-2","name":"a","labels":' + labels("ring-1", origin) + "}";
  const type = '"apiVersion":"example.hiberlet.io/v1","kind":"TestResource"';
  return `{${type},"metadata":${metadata},"spec":{"nonce":1}}`;
}

export function aCopyTellsWhereItCameFrom(): void {
  planned(null, original("1"), NONE, Action.CREATE, created("ring-1"));
  planned(null, object("1", labels("ring-0", "ring-0")), NONE, Action.CREATE, created("ring-0"));
}

export function theRingEndsBeforeTheOrigin(): void {
  const backAgain = object("1", labels("ring-0", "ring-2"));
  planned(null, backAgain, NONE, Action.NOTHING);
  planned(null, backAgain, original("0"), Action.NOTHING);
}

export function onlyWhatDiffersIsUpdated(): void {
  planned(null, original("1"), copy("1"), Action.NOTHING);
  planned(null, original("2"), copy("1"), Action.UPDATE, copy("2"));
}

export function itsOwnCopiesAreDeletedAndNoOthers(): void {
  planned(null, NONE, copy("1"), Action.DELETE);
  planned(null, NONE, original("1"), Action.NOTHING);
  planned(null, NONE, object("1", labels("ring-9", "ring-9")), Action.NOTHING);
  planned(null, NONE, NONE, Action.NOTHING);
}

export function whatIsBeingDeletedIsAsGoodAsGone(): void {
  const deleting = object("1", "{}", '"deletionTimestamp":"x",');
  planned(null, deleting, copy("1"), Action.DELETE);
  planned(null, deleting, NONE, Action.NOTHING);
}

export function whatSomebodyElseMadeIsLeftAlone(): void {
  planned(null, original("1"), original("5"), Action.LEAVE_ALONE);
}

export function itCarriesConfigMapsToo(): void {
  const metadata =
    '{"namespace":"ring-2","name":"a","labels":' + labels("ring-1", "ring-1") + "}";
  const type = '"apiVersion":"v1","kind":"ConfigMap"';
  const wanted = `{${type},"metadata":${metadata},"data":{"nonce":"1"}}`;
  planned("ConfigMap", '{"metadata":{"name":"a"},"data":{"nonce":"1"}}', NONE, Action.CREATE, wanted);
  planned("ConfigMap", original("1"), copy("1"), Action.NOTHING);
  assert(Freight.ofKind("Secret") === null);
}
