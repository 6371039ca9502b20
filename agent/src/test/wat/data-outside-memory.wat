;; The second of its data segments begins inside of the memory and ends outside.
(module (memory (export "memory") 1)
  (data (i32.const 0) "fits")
  (data (i32.const 65535) "no")
  (func (export "hiberlet_wake")))
