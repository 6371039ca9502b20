;; Its start section is unreachable.
(module (memory (export "memory") 1)
  (func $boot unreachable) (start $boot)
  (func (export "hiberlet_wake")))
