// Package capture collects the output of a command and logs it while the command runs.
package capture

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"strings"
	"sync"

	p "github.com/pulumi/pulumi-go-provider"
)

// Names of the variables that hold the output of the previous run.
const (
	PreviousStdout = "PULUMI_COMMAND_STDOUT"
	PreviousStderr = "PULUMI_COMMAND_STDERR"
)

// Output is the output of a command, each stream without its trailing newline.
type Output struct {
	Stdout string `pulumi:"stdout"`
	Stderr string `pulumi:"stderr"`
}

// Capture holds the streams of one running command.
type Capture struct {
	Stdout, Stderr io.Writer

	stdout, stderr, both lockedBuffer
	lines                *io.PipeWriter
	logged               chan struct{}
}

// Start makes the writers for one command. Lines of a logged stream go to the engine's status.
//
// As in the official provider, a logged line over 64 KiB stops the reader; the writer then blocks
// forever and the command never returns. Streams that are not logged have no such limit.
func Start(ctx context.Context, logStdout, logStderr bool) *Capture {
	reader, writer := io.Pipe()
	c := &Capture{lines: writer, logged: make(chan struct{})}
	c.Stdout = c.writer(&c.stdout, logStdout)
	c.Stderr = c.writer(&c.stderr, logStderr)
	go func() {
		defer close(c.logged)
		logger := p.GetLogger(ctx)
		scanner := bufio.NewScanner(reader)
		for scanner.Scan() {
			logger.InfoStatus(scanner.Text())
		}
	}()
	return c
}

func (c *Capture) writer(own *lockedBuffer, logged bool) io.Writer {
	if logged {
		return io.MultiWriter(own, &c.both, c.lines)
	}
	return io.MultiWriter(own, &c.both)
}

// Finish waits for the log and returns the output, or the failure with the command and its whole
// output, both streams in the order of writing.
func (c *Capture) Finish(command string, failure error) (Output, error) {
	_ = c.lines.Close() // a PipeWriter's Close never fails
	<-c.logged
	if failure != nil {
		return Output{}, fmt.Errorf("%w: running %q:\n%s", failure, command, c.both.String())
	}
	return Output{
		Stdout: strings.TrimSuffix(c.stdout.String(), "\n"),
		Stderr: strings.TrimSuffix(c.stderr.String(), "\n"),
	}, nil
}

type lockedBuffer struct {
	mutex  sync.Mutex
	buffer bytes.Buffer
}

func (b *lockedBuffer) Write(data []byte) (int, error) {
	b.mutex.Lock()
	defer b.mutex.Unlock()
	return b.buffer.Write(data)
}

func (b *lockedBuffer) String() string {
	b.mutex.Lock()
	defer b.mutex.Unlock()
	return b.buffer.String()
}
