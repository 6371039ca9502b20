package hiberlet

import (
	"bytes"
	"context"
	"encoding/binary"
	"io"
	"sync"
	"unsafe"
)

//go:wasmimport hiberlet exec_read
func hostExecRead(operation int64, into unsafe.Pointer, length uint32) int32

//go:wasmimport hiberlet exec_write
func hostExecWrite(operation int64, stream int32, from unsafe.Pointer, length uint32) int32

//go:wasmimport hiberlet exec_exit
func hostExecExit(operation int64, code int32) int32

// Command is what kubectl exec asks for.
type Command struct {
	Args     []string
	Stdin    io.Reader
	Stdout   io.Writer
	Stderr   io.Writer
	Terminal bool
}

// HandleExec has commands of kubectl exec carried out, each in a goroutine of its own; what the handler returns is the
// exit code. The context is cancelled when the client has gone. A program that never names this function has no commands.
func HandleExec(handler func(context.Context, *Command) int) {
	operations.accept = func(e event) receiver {
		ctx, cancel := context.WithCancel(Context())
		s := &session{id: e.operation, cancel: cancel}
		s.ready = sync.NewCond(&s.mu)
		command := s.command(e.payload)
		go func() {
			code := handler(ctx, command)
			operations.cancelled(s.id)
			hostExecExit(s.id, int32(code&0xff))
			cancel()
		}()
		return s
	}
}

// Nothing more is heard of an operation that the host began.
func (r *registry) cancelled(id int64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.receivers, id)
}

// One command, while it is carried out.
type session struct {
	id     int64
	cancel context.CancelFunc

	mu    sync.Mutex
	ready *sync.Cond
	turns int
	gone  bool
}

func (s *session) command(payload []byte) *Command {
	var args []string
	for _, arg := range bytes.Split(bytes.TrimSuffix(payload[4:], []byte{0}), []byte{0}) {
		args = append(args, string(arg))
	}
	flags := binary.LittleEndian.Uint32(payload)
	return &Command{
		Args:     args,
		Stdin:    input{s},
		Stdout:   output{s, 1},
		Stderr:   output{s, 2},
		Terminal: flags&2 != 0,
	}
}

func (s *session) receive(e event) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch e.kind {
	case kindReady:
		s.turns++
	case kindError:
		s.gone = true
		s.cancel()
	}
	s.ready.Broadcast()
	return s.gone
}

// Tries until the answer is another than "not now".
func (s *session) try(call func() int32) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for {
		turn := s.turns
		n := call()
		if n >= 0 {
			return int(n), nil
		}
		if Errno(-n) != again {
			return 0, Errno(-n)
		}
		for s.turns == turn && !s.gone {
			s.ready.Wait()
		}
		if s.gone {
			return 0, io.ErrClosedPipe
		}
	}
}

type input struct{ *session }

func (in input) Read(into []byte) (int, error) {
	if len(into) == 0 {
		return 0, nil
	}
	n, err := in.try(func() int32 {
		return hostExecRead(in.id, unsafe.Pointer(&into[0]), uint32(len(into)))
	})
	if n == 0 && err == nil {
		return 0, io.EOF
	}
	return n, err
}

type output struct {
	*session
	stream int32
}

func (out output) Write(from []byte) (int, error) {
	written := 0
	for written < len(from) {
		rest := from[written:]
		n, err := out.try(func() int32 {
			return hostExecWrite(out.id, out.stream, unsafe.Pointer(&rest[0]), uint32(len(rest)))
		})
		written += n
		if err != nil {
			return written, err
		}
	}
	return written, nil
}
