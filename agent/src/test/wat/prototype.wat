;; A controller that speaks the ABI of the paper's prototype, as its Rust crate does, byte for byte: an answer, a stream and a
;; delay are asked for at the start. What it is told lies from 65536 on, 24 bytes each: the number (i64), whether it is
;; finished, where the value is and how long (i32 each).
(module
  (import "http-proxy-abi" "request" (func $request (param i32 i32 i32) (result i64)))
  (import "delay-abi" "delay" (func $delay (param i64) (result i64)))
  (memory (export "memory") 3)
  (global $free (mut i32) (i32.const 131072))
  (global $told (mut i32) (i32.const 65536))
  (data (i32.const 1024) "\03\00\00\00\00\00\00\00GET\10\00\00\00\00\00\00\00/api/v1/pods?x=1\01\00\00\00\00\00\00\00\06\00\00\00\00\00\00\00accept\02\00\00\00\00\00\00\00\10\00\00\00\00\00\00\00application/json\01\00\00\00\00\00\00\00x\00\00\00\00\00\00\00\00")
  (data (i32.const 2048) "\03\00\00\00\00\00\00\00PUT\1c\00\00\00\00\00\00\00https://10.0.0.1:6443/apis/x\02\00\00\00\00\00\00\00\04\00\00\00\00\00\00\00host\01\00\00\00\00\00\00\00\08\00\00\00\00\00\00\0010.0.0.1\0c\00\00\00\00\00\00\00content-type\01\00\00\00\00\00\00\00\10\00\00\00\00\00\00\00application/json\02\00\00\00\00\00\00\00{}")

  (func (export "_start")
    (drop (call $request (i32.const 1024) (i32.const 106) (i32.const 0)))
    (drop (call $request (i32.const 2048) (i32.const 153) (i32.const 1)))
    (drop (call $delay (i64.const 1500))))

  (func (export "allocate") (param $size i32) (result i32)
    (global.get $free)
    (global.set $free (i32.add (global.get $free) (local.get $size))))

  (func (export "wakeup") (param $id i64) (param $finished i32) (param $value i32) (param $length i32)
    (i64.store (global.get $told) (local.get $id))
    (i32.store offset=8 (global.get $told) (local.get $finished))
    (i32.store offset=12 (global.get $told) (local.get $value))
    (i32.store offset=16 (global.get $told) (local.get $length))
    (global.set $told (i32.add (global.get $told) (i32.const 24)))))
