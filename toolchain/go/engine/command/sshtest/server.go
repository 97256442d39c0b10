// Package sshtest is an SSH server on loopback for tests. It runs commands with /bin/sh, serves
// SFTP on the real file system, and forwards TCP connections like a bastion.
package sshtest

import (
	"crypto/ed25519"
	"crypto/rand"
	"encoding/pem"
	"errors"
	"net"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"golang.org/x/crypto/ssh"
)

// Server is a running server; only options of Start may set its exported fields.
type Server struct {
	// AcceptEnv are the names of the variables that a client may set.
	AcceptEnv []string
	// Password is accepted besides the client's key, if it is not empty.
	Password string
	// DropFirst is the number of TCP connections that are closed before the handshake.
	DropFirst int64

	// HostKey is the server's public key, PrivateKey a client's key that it accepts.
	HostKey, PrivateKey string
	Host                string
	Port                float64

	accepted, opened, open, forwarded atomic.Int64

	listener net.Listener
	config   *ssh.ServerConfig
}

// Dropping makes a server close its first TCP connections before the handshake.
func Dropping(connections int64) func(*Server) {
	return func(server *Server) { server.DropFirst = connections }
}

// Accepting makes a server accept the variables.
func Accepting(names ...string) func(*Server) {
	return func(server *Server) { server.AcceptEnv = names }
}

// Start runs a server with the given options until the test ends.
func Start(t *testing.T, configure ...func(*Server)) *Server {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	server := &Server{Host: "127.0.0.1", listener: listener}
	server.Port = float64(listener.Addr().(*net.TCPAddr).Port)
	hostSigner, _ := NewKey(t)
	clientSigner, clientPEM := NewKey(t)
	server.HostKey, server.PrivateKey = AuthorizedLine(hostSigner), clientPEM
	server.config = &ssh.ServerConfig{
		PublicKeyCallback: func(_ ssh.ConnMetadata, key ssh.PublicKey) (*ssh.Permissions, error) {
			if string(key.Marshal()) == string(clientSigner.PublicKey().Marshal()) {
				return &ssh.Permissions{}, nil
			}
			return nil, errors.New("unknown key")
		},
		PasswordCallback: func(_ ssh.ConnMetadata, password []byte) (*ssh.Permissions, error) {
			if server.Password != "" && string(password) == server.Password {
				return &ssh.Permissions{}, nil
			}
			return nil, errors.New("wrong password")
		},
	}
	server.config.AddHostKey(hostSigner)
	for _, change := range configure {
		change(server)
	}
	go server.serve()
	return server
}

// NewKey makes an ed25519 key and returns its signer and its private key in OpenSSH's format.
func NewKey(t *testing.T) (ssh.Signer, string) {
	t.Helper()
	_, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	signer, err := ssh.NewSignerFromKey(private)
	if err != nil {
		t.Fatal(err)
	}
	block, err := ssh.MarshalPrivateKey(private, "")
	if err != nil {
		t.Fatal(err)
	}
	return signer, string(pem.EncodeToMemory(block))
}

// AuthorizedLine returns the public key as a line of authorized_keys, without the newline.
func AuthorizedLine(signer ssh.Signer) string {
	return strings.TrimSpace(string(ssh.MarshalAuthorizedKey(signer.PublicKey())))
}

// Accepted counts the TCP connections.
func (s *Server) Accepted() int64 { return s.accepted.Load() }

// Opened counts the SSH connections whose handshake succeeded.
func (s *Server) Opened() int64 { return s.opened.Load() }

// Open counts the SSH connections that are open now.
func (s *Server) Open() int64 { return s.open.Load() }

// Forwarded counts the TCP connections that were made for clients.
func (s *Server) Forwarded() int64 { return s.forwarded.Load() }

func (s *Server) serve() {
	for {
		connection, err := s.listener.Accept()
		if err != nil {
			return // the test has ended
		}
		if s.accepted.Add(1) <= s.DropFirst {
			_ = connection.Close() // the client is to see a dropped connection
			continue
		}
		go s.handshake(connection)
	}
}

func (s *Server) handshake(connection net.Conn) {
	client, channels, requests, err := ssh.NewServerConn(connection, s.config)
	if err != nil {
		_ = connection.Close() // the client gets the error
		return
	}
	s.opened.Add(1)
	s.open.Add(1)
	go discard(requests)
	for channel := range channels {
		go s.serveChannel(channel)
	}
	_ = client.Close() // the client has disconnected
	s.open.Add(-1)
}

func discard(requests <-chan *ssh.Request) {
	for request := range requests {
		if request.WantReply {
			_ = request.Reply(false, nil) // the client may have disconnected
		}
	}
}

func (s *Server) accepts(variable string) bool {
	return slices.Contains(s.AcceptEnv, variable)
}
