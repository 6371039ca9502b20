;; An event loop that would wait.
(module
  (import "hiberlet" "event_wait" (func (param i32 i64) (result i32)))
  (memory (export "memory") 1)
  (func (export "hiberlet_wake")))
