package hiberlet

import (
	"net/http"
	"os"
	_ "unsafe" // for linkname
)

// The program's main, which nobody calls in a c-shared build.
//
//go:linkname programMain main.main
func programMain()

// Readable when no other goroutine can run.
var (
	idle    *os.File
	started bool
)

// Called by the host first right after the start, then whenever an event waits or a timer is due. It returns when
// all other goroutines wait.
//
//go:wasmexport hiberlet_wake
func wake() {
	if !started {
		started = true
		idle = os.NewFile(uintptr(hostIdleDescriptor()), "idle")
		go run()
	}
	operations.deliver()
	var one [1]byte
	if _, err := idle.Read(one[:]); err != nil {
		panic("the host has no idle descriptor: " + err.Error())
	}
}

func run() {
	// Not while packages are initialised: some of them assert that it is an *http.Transport then.
	http.DefaultTransport = Transport{}
	programMain()
	os.Exit(0)
}
