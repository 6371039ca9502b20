;; A command that asks for what nobody could tell it of.
(module
  (import "hiberlet" "timer" (func $timer (param i64) (result i64)))
  (memory (export "memory") 1)
  (func (export "_start")))
