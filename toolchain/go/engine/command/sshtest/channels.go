package sshtest

import (
	"errors"
	"io"
	"net"
	"os"
	"os/exec"
	"strconv"

	"github.com/pkg/sftp"
	"golang.org/x/crypto/ssh"
)

// Every error in this file closes a channel; the client then reports what is missing.

func (s *Server) serveChannel(offered ssh.NewChannel) {
	switch offered.ChannelType() {
	case "session":
		if channel, requests, err := offered.Accept(); err == nil {
			s.serveSession(channel, requests)
		}
	case "direct-tcpip":
		s.forward(offered)
	default:
		_ = offered.Reject(ssh.UnknownChannelType, offered.ChannelType())
	}
}

func (s *Server) serveSession(channel ssh.Channel, requests <-chan *ssh.Request) {
	var variables []string
	for request := range requests {
		accepted := false
		switch request.Type {
		case "env":
			var variable struct{ Name, Value string }
			accepted = ssh.Unmarshal(request.Payload, &variable) == nil && s.accepts(variable.Name)
			if accepted {
				variables = append(variables, variable.Name+"="+variable.Value)
			}
		case "exec":
			var command struct{ Text string }
			if accepted = ssh.Unmarshal(request.Payload, &command) == nil; accepted {
				go execute(channel, command.Text, variables)
			}
		case "subsystem":
			var subsystem struct{ Name string }
			accepted = ssh.Unmarshal(request.Payload, &subsystem) == nil && subsystem.Name == "sftp"
			if accepted {
				go serveFiles(channel)
			}
		}
		if request.WantReply {
			_ = request.Reply(accepted, nil)
		}
	}
}

func execute(channel ssh.Channel, text string, variables []string) {
	command := exec.Command("/bin/sh", "-c", text)
	command.Env = append(os.Environ(), variables...)
	command.Stdin, command.Stdout, command.Stderr = channel, channel, channel.Stderr()
	status := uint32(0)
	var exit *exec.ExitError
	if err := command.Run(); errors.As(err, &exit) {
		status = uint32(exit.ExitCode())
	}
	_, _ = channel.SendRequest("exit-status", false, ssh.Marshal(struct{ Status uint32 }{status}))
	_ = channel.Close()
}

func serveFiles(channel ssh.Channel) {
	if server, err := sftp.NewServer(channel); err == nil {
		_ = server.Serve()
	}
	_ = channel.Close()
}

func (s *Server) forward(offered ssh.NewChannel) {
	var target struct {
		Host       string
		Port       uint32
		OriginHost string
		OriginPort uint32
	}
	if err := ssh.Unmarshal(offered.ExtraData(), &target); err != nil {
		_ = offered.Reject(ssh.ConnectionFailed, err.Error())
		return
	}
	address := net.JoinHostPort(target.Host, strconv.Itoa(int(target.Port)))
	connection, err := net.Dial("tcp", address)
	if err != nil {
		_ = offered.Reject(ssh.ConnectionFailed, err.Error())
		return
	}
	channel, requests, err := offered.Accept()
	if err != nil {
		_ = connection.Close()
		return
	}
	s.forwarded.Add(1)
	go discard(requests)
	go func() {
		_, _ = io.Copy(channel, connection)
		_ = channel.Close()
	}()
	_, _ = io.Copy(connection, channel)
	_ = connection.Close()
}
