package hiberlet

import "fmt"

// The kinds of events, of docs/host-abi.md.
const (
	kindResponseHead = 1
	kindBodyChunk    = 2
	kindEnd          = 3
	kindError        = 4
	kindExec         = 8
	kindStop         = 9
	kindReady        = 11
)

const flagStream = 1

// What the host tells: docs/host-abi.md.
type event struct {
	operation int64
	kind      int32
	payload   []byte
}

// The functions that the host has for every controller. None of them blocks.
type host interface {
	httpRequest(message []byte, flags int32) int64
	cancel(operation int64) int32
	// The next event that waits, if one does.
	next() (event, bool)
}

// Errno is an error number of WASI preview 1.
type Errno int32

const (
	again    Errno = 6
	tooLarge Errno = 22
)

var errnoNames = map[Errno]string{
	2: "access denied: no pod may reach anything but the API server", 6: "try again", 11: "cancelled",
	22: "too large", 28: "invalid", 29: "lost", 33: "too many operations", 35: "message too large", 73: "timed out",
}

func (e Errno) Error() string {
	if name, known := errnoNames[e]; known {
		return name
	}
	return fmt.Sprintf("errno %d", int32(e))
}
