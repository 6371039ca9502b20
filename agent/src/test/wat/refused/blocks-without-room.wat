;; Was run through asyncify, but has no hiberlet_stack.
(module
  (import "hiberlet" "event_wait" (func (param i32 i64) (result i32)))
  (memory (export "memory") 1)
  (func (export "asyncify_start_unwind") (param i32))
  (func (export "asyncify_stop_unwind"))
  (func (export "asyncify_start_rewind") (param i32))
  (func (export "asyncify_stop_rewind"))
  (func (export "asyncify_get_state") (result i32) (i32.const 0))
  (func (export "_start")))
