package remote

import (
	"context"
	"fmt"
	"strings"

	p "github.com/pulumi/pulumi-go-provider"
	"golang.org/x/crypto/ssh"

	"rocketmq-clusters/toolchain/engine/command/capture"
)

const refusedVariable = "Unable to set '%s': the SSH server accepts only variables in its AcceptEnv. " +
	"A Bash-like shell takes them as a prefix of the command: 'VAR=value command'"

// run executes the text, if any, on the host and stores its output in the state.
//
// The connection is deliberately left open, as the official provider does: a program that opens
// too many connections must fail here too.
func (s *CommandOutputs) run(ctx context.Context, text *string) error {
	if text == nil {
		return nil
	}
	client, err := s.Connection.dial(ctx)
	if err != nil {
		return err
	}
	session, err := client.NewSession()
	if err != nil {
		return err
	}
	defer func() { _ = session.Close() }() // after Run, it only reports that it is closed
	if err := s.setVariables(ctx, session); err != nil {
		return err
	}
	if s.Stdin != nil && *s.Stdin != "" {
		session.Stdin = strings.NewReader(*s.Stdin)
	}
	stdout, stderr := s.Logging.Streams()
	captured := capture.Start(ctx, stdout, stderr)
	session.Stdout, session.Stderr = captured.Stdout, captured.Stderr
	output, err := captured.Finish(*text, session.Run(*text))
	if err != nil {
		return err
	}
	s.Output = output
	return nil
}

// setVariables fails if the server refuses a variable of the user's; for the previous output it
// only warns.
func (s *CommandOutputs) setVariables(ctx context.Context, session *ssh.Session) error {
	if s.Environment != nil {
		for name, value := range *s.Environment {
			if err := session.Setenv(name, value); err != nil {
				p.GetLogger(ctx).Errorf(refusedVariable, name)
				return fmt.Errorf("environment variable %q was refused: %w", name, err)
			}
		}
	}
	if s.AddPreviousOutputInEnv != nil && !*s.AddPreviousOutputInEnv {
		return nil
	}
	previous := [][2]string{
		{capture.PreviousStdout, s.Stdout}, {capture.PreviousStderr, s.Stderr},
	}
	for _, variable := range previous {
		if variable[1] == "" {
			continue
		}
		if err := session.Setenv(variable[0], variable[1]); err != nil {
			p.GetLogger(ctx).Warningf(refusedVariable, variable[0])
		}
	}
	return nil
}
