package hiberlet

import (
	"context"
	"unsafe"
)

//go:wasmimport hiberlet exec_read
func hostExecRead(operation int64, into unsafe.Pointer, length uint32) int32

//go:wasmimport hiberlet exec_write
func hostExecWrite(operation int64, stream int32, from unsafe.Pointer, length uint32) int32

//go:wasmimport hiberlet exec_exit
func hostExecExit(operation int64, code int32) int32

type realExecHost struct{}

func (realExecHost) read(operation int64, into []byte) int32 {
	return hostExecRead(operation, unsafe.Pointer(unsafe.SliceData(into)), uint32(len(into)))
}

func (realExecHost) write(operation int64, stream int32, from []byte) int32 {
	return hostExecWrite(operation, stream, unsafe.Pointer(unsafe.SliceData(from)), uint32(len(from)))
}

func (realExecHost) exit(operation int64, code int32) {
	hostExecExit(operation, code)
}

// HandleExec has commands of kubectl exec carried out, each in a goroutine of its own; what the handler returns is the
// exit code. The context is cancelled when the client has gone. A program that never names this function has no commands;
// in one that does, commands wait until it was called.
func HandleExec(handler func(context.Context, *Command) int) {
	operations.carryOut(realExecHost{}, handler)
}
