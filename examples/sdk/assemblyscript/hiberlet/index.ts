// Kubernetes controllers that sleep on disk: the guest side of the host ABI `hiberlet:v1`.

export { Collection, Listing, Resource, Watching } from "./collection";
export { Controller, Key, Reconciler } from "./controller";
export { Command, CommandHandler, Input, onExec } from "./exec";
export {
  STDERR,
  STDOUT,
  error,
  exit,
  info,
  monotonicMillis,
  print,
  programArguments,
  variable,
  wallSeconds,
  warn,
} from "./host";
export { Json, Type } from "./json";
export { Stopping, Timer, after, cancel, onStop, wake } from "./loop";
export { Answer, Call, request } from "./request";
