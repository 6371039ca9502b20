(module (func (export "hiberlet_wake")))
