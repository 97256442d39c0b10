package local

import (
	"context"
	"os"
	"os/exec"
	"strings"

	"rocketmq-clusters/toolchain/engine/command/capture"
)

var defaultInterpreter = []string{"/bin/sh", "-c"}

// run executes the text, if any, and stores its output in the state.
func (s *CommandOutputs) run(ctx context.Context, text *string) error {
	if text == nil {
		return nil
	}
	arguments := defaultInterpreter
	if s.Interpreter != nil && len(*s.Interpreter) > 0 {
		arguments = *s.Interpreter
	}
	arguments = append(append([]string{}, arguments...), *text)
	command := exec.CommandContext(ctx, arguments[0], arguments[1:]...)
	if s.Dir != nil {
		command.Dir = *s.Dir
	}
	command.Env = s.variables()
	if s.Stdin != nil && *s.Stdin != "" {
		command.Stdin = strings.NewReader(*s.Stdin)
	}
	stdout, stderr := s.Logging.Streams()
	captured := capture.Start(ctx, stdout, stderr)
	command.Stdout, command.Stderr = captured.Stdout, captured.Stderr
	output, err := captured.Finish(*text, command.Run())
	if err != nil {
		return err
	}
	s.Output = output
	return nil
}

func (s *CommandOutputs) variables() []string {
	variables := os.Environ()
	if s.Environment != nil {
		for name, value := range *s.Environment {
			variables = append(variables, name+"="+value)
		}
	}
	if s.AddPreviousOutputInEnv != nil && !*s.AddPreviousOutputInEnv {
		return variables
	}
	if s.Stdout != "" {
		variables = append(variables, capture.PreviousStdout+"="+s.Stdout)
	}
	if s.Stderr != "" {
		variables = append(variables, capture.PreviousStderr+"="+s.Stderr)
	}
	return variables
}
