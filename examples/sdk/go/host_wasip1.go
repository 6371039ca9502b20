package hiberlet

import (
	"encoding/binary"
	"unsafe"
)

//go:wasmimport hiberlet http_request
func hostHTTPRequest(message unsafe.Pointer, length uint32, flags int32) int64

//go:wasmimport hiberlet cancel
func hostCancel(operation int64) int32

//go:wasmimport hiberlet event_next
func hostEventNext(header unsafe.Pointer) int32

//go:wasmimport hiberlet event_read
func hostEventRead(payload unsafe.Pointer) int32

//go:wasmimport hiberlet idle_descriptor
func hostIdleDescriptor() int32

type realHost struct{}

func (realHost) httpRequest(message []byte, flags int32) int64 {
	return hostHTTPRequest(unsafe.Pointer(unsafe.SliceData(message)), uint32(len(message)), flags)
}

func (realHost) cancel(operation int64) int32 {
	return hostCancel(operation)
}

func (realHost) next() (event, bool) {
	var header [16]byte
	if hostEventNext(unsafe.Pointer(&header[0])) != 1 {
		return event{}, false
	}
	e := event{
		operation: int64(binary.LittleEndian.Uint64(header[0:])),
		kind:      int32(binary.LittleEndian.Uint32(header[8:])),
		payload:   make([]byte, binary.LittleEndian.Uint32(header[12:])),
	}
	if len(e.payload) > 0 {
		hostEventRead(unsafe.Pointer(&e.payload[0]))
	}
	return e, true
}

func init() {
	operations.host = realHost{}
}
