package hiberlet

import (
	"bytes"
	"context"
	"encoding/binary"
	"io"
	"sync"
)

// Command is what kubectl exec asks for.
type Command struct {
	Args     []string
	Stdin    io.Reader
	Stdout   io.Writer
	Stderr   io.Writer
	Terminal bool
}

// The host's functions for commands. A module that imports them gets commands, so that nothing but HandleExec names them.
type execHost interface {
	read(operation int64, into []byte) int32
	write(operation int64, stream int32, from []byte) int32
	exit(operation int64, code int32)
}

// Has each command of a host carried out in a goroutine of its own.
func (r *registry) carryOut(host execHost, handler func(context.Context, *Command) int) {
	r.handle(func(e event) receiver {
		ctx, cancel := context.WithCancel(Context())
		s := &session{host: host, id: e.operation, cancel: cancel}
		s.ready = sync.NewCond(&s.mu)
		command := s.command(e.payload)
		go func() {
			code := handler(ctx, command)
			r.over(s.id)
			host.exit(s.id, int32(code&0xff))
			cancel()
		}()
		return s
	})
}

// Nothing more is heard of an operation that the host began.
func (r *registry) over(id int64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.receivers, id)
}

// One command, while it is carried out.
type session struct {
	host   execHost
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
	n, err := in.try(func() int32 { return in.host.read(in.id, into) })
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
		n, err := out.try(func() int32 { return out.host.write(out.id, out.stream, rest) })
		written += n
		if err != nil {
			return written, err
		}
	}
	return written, nil
}
