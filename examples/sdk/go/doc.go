// Package hiberlet lets an ordinary Go program be a controller that sleeps on disk: func main(), goroutines,
// time and net/http as they are.
//
// Importing it is all that a program has to do. It is built with
//
//	GOOS=wasip1 GOARCH=wasm go build -buildmode=c-shared
//
// and its main begins with the controller's life, in a goroutine, and goes on through any number of
// hibernations. When no goroutine can run, the host takes the program out of memory until there is an answer,
// an event of a watch, or a timer that is due. A main that returns ends the container with exit code 0.
//
// http.DefaultTransport is a Transport here, which sends through the host. It is not before main: packages
// that keep it while they are initialised keep one that cannot connect to anything.
package hiberlet
