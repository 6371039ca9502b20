;; Speaks two languages.
(module
  (import "delay-abi" "delay" (func $delay (param i64) (result i64)))
  (import "hiberlet" "timer" (func $timer (param i64) (result i64)))
  (memory (export "memory") 1)
  (func (export "_start"))
  (func (export "allocate") (param i32) (result i32) (i32.const 0))
  (func (export "wakeup") (param i64 i32 i32 i32)))
