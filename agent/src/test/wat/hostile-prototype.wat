;; Asks for what cannot be read, or answers with a pointer that leads nowhere.
(module
  (import "http-proxy-abi" "request" (func $request (param i32 i32 i32) (result i64)))
  (import "delay-abi" "delay" (func $delay (param i64) (result i64)))
  (memory (export "memory") 1)
  (func (export "_start"))
  (func (export "allocate") (param i32) (result i32) (i32.const 65530))
  (func (export "wakeup") (param $id i64) (param i32 i32 i32)
    (if (i64.eq (local.get $id) (i64.const 1))
      (then (drop (call $request (i32.const 65000) (i32.const 1000) (i32.const 0)))))
    (if (i64.eq (local.get $id) (i64.const 2))
      (then (drop (call $request (i32.const 0) (i32.const 100) (i32.const 0)))))
    (drop (call $delay (i64.const -1)))))
