(module
  (import "env" "system" (func (param i32)))
  (import "hiberlet" "watch" (func (param i32 i32) (result i64)))
  (import "hiberlet" "timer" (func (param i32) (result i64)))
  (import "env" "limit" (global i32))
  (memory (export "memory") 1)
  (func (export "hiberlet_wake")))
