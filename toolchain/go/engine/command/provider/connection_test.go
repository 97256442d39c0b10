package provider_test

import (
	"net"
	"path/filepath"
	"testing"
	"time"

	"golang.org/x/crypto/ssh/agent"

	"rocketmq-clusters/toolchain/engine/command/sshtest"
)

func TestAPinnedHostKeyIsChecked(t *testing.T) {
	server := sshtest.Start(t)
	other, _ := sshtest.NewKey(t)
	connection := connectionTo(server).with("dialErrorLimit", 0)
	e := newEngine(t, remoteCommand)
	for name, line := range map[string]string{
		"good": server.HostKey, "with a host pattern": "some-host " + server.HostKey,
	} {
		if err := e.create(props{
			"connection": connection.with("hostKey", line), "create": "true",
		}); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	expectError(t, e.create(props{
		"connection": connection.with("hostKey", sshtest.AuthorizedLine(other)), "create": "true",
	}), "host key mismatch")
	expectError(t, e.create(props{
		"connection": connection.with("hostKey", "no key"), "create": "true",
	}), "hostKey")
}

func TestAPinnedRSAKeyFindsNoCommonAlgorithm(t *testing.T) {
	server := sshtest.Start(t)
	connection := connectionTo(server).with("dialErrorLimit", 0).with("hostKey", rsaLine(t))
	e := newEngine(t, remoteCommand)
	expectError(t, e.create(props{"connection": connection, "create": "true"}),
		"no common algorithm", `we offered: ["ssh-rsa"]`)
}

func TestWithoutAPinnedKeyAnyHostKeyIsAccepted(t *testing.T) {
	server := sshtest.Start(t)
	connection := connectionTo(server)
	delete(connection, "hostKey")
	newEngine(t, remoteCommand).mustCreate(props{"connection": connection, "create": "true"})
}

func TestARefusedDialIsRetried(t *testing.T) {
	server := sshtest.Start(t, sshtest.Dropping(3))
	e := newEngine(t, remoteCommand)
	e.mustCreate(props{"connection": connectionTo(server), "create": "true"})
	if server.Accepted() != 4 {
		t.Fatalf("%d tries, want 4", server.Accepted())
	}
}

func TestTheDialLimitCountsErrorsAfterTheFirstAttempt(t *testing.T) {
	server := sshtest.Start(t, sshtest.Dropping(1000))
	e := newEngine(t, remoteCommand)
	connection := connectionTo(server).with("dialErrorLimit", 3)
	expectError(t, e.create(props{"connection": connection, "create": "true"}),
		"after 3 failed attempts")
	if server.Accepted() != 4 {
		t.Fatalf("%d tries, want 4", server.Accepted())
	}
}

func TestTheDefaultDialLimitGivesUpAfterElevenSeconds(t *testing.T) {
	t.Parallel()
	server := sshtest.Start(t, sshtest.Dropping(1000))
	e := newEngine(t, remoteCommand)
	started := time.Now()
	expectError(t, e.create(props{"connection": connectionTo(server), "create": "true"}),
		"after 10 failed attempts")
	if took := time.Since(started); took < 9*time.Second || took > 20*time.Second {
		t.Fatalf("took %s", took)
	}
	if server.Accepted() != 11 {
		t.Fatalf("%d tries, want 11", server.Accepted())
	}
}

func TestAWrongKeyIsRetriedLikeARefusedDial(t *testing.T) {
	server := sshtest.Start(t)
	_, stranger := sshtest.NewKey(t)
	e := newEngine(t, remoteCommand)
	connection := connectionTo(server).with("privateKey", stranger).with("dialErrorLimit", 2)
	expectError(t, e.create(props{"connection": connection, "create": "true"}),
		"unable to authenticate")
	if server.Accepted() != 3 {
		t.Fatalf("%d tries, want 3", server.Accepted())
	}
}

func TestOnlyTheTimeoutEndsAnUnlimitedDial(t *testing.T) {
	server := sshtest.Start(t, sshtest.Dropping(1000))
	e := newEngine(t, remoteCommand)
	e.customTimeoutSeconds = 1
	connection := connectionTo(server).with("dialErrorLimit", -1)
	expectError(t, e.create(props{"connection": connection, "create": "true"}),
		"context deadline exceeded")
}

func TestTheTimeoutDoesNotEndARunningCommand(t *testing.T) {
	server := sshtest.Start(t)
	e := newEngine(t, remoteCommand)
	e.customTimeoutSeconds = 1
	e.mustCreate(props{"connection": connectionTo(server), "create": "sleep 2; echo finished"})
	expectText(t, e.stdout(), "finished")
}

func TestAServerWithoutABannerHangsDespiteAllTimeouts(t *testing.T) {
	t.Parallel()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = listener.Close() }() // the backlog accepts connections, but nothing answers
	_, key := sshtest.NewKey(t)
	e := newEngine(t, remoteCommand)
	e.customTimeoutSeconds = 1
	port := listener.Addr().(*net.TCPAddr).Port
	expectHang(t, 4*time.Second, func() {
		_ = e.create(props{"create": "true", "connection": props{
			"host": "127.0.0.1", "port": port, "privateKey": key, "perDialTimeout": 1,
		}})
	})
}

func TestAPasswordIsAccepted(t *testing.T) {
	server := sshtest.Start(t, func(s *sshtest.Server) { s.Password = "open sesame" })
	connection := connectionTo(server).with("password", server.Password)
	delete(connection, "privateKey")
	newEngine(t, remoteCommand).mustCreate(props{"connection": connection, "create": "true"})
}

func TestAnAgentsKeyIsAccepted(t *testing.T) {
	server := sshtest.Start(t)
	socket := startAgent(t, server.PrivateKey)
	connection := connectionTo(server)
	delete(connection, "privateKey")
	e := newEngine(t, remoteCommand)
	e.mustCreate(props{"connection": connection.with("agentSocketPath", socket), "create": "true"})
	t.Setenv("SSH_AUTH_SOCK", socket)
	e.mustCreate(props{"connection": connection, "create": "true"})
}

func TestABastionIsDialedFirstAndHasItsOwnKeys(t *testing.T) {
	bastion, server := sshtest.Start(t), sshtest.Start(t)
	proxy := connectionTo(bastion)
	e := newEngine(t, remoteCommand)
	e.mustCreate(props{
		"connection": connectionTo(server).with("proxy", proxy), "create": "echo behind",
	})
	expectText(t, e.stdout(), "behind")
	if bastion.Forwarded() != 1 || server.Opened() != 1 {
		t.Fatalf("forwarded %d, opened %d", bastion.Forwarded(), server.Opened())
	}
	proxy = proxy.with("hostKey", server.HostKey).with("dialErrorLimit", 0)
	expectError(t, e.create(props{
		"connection": connectionTo(server).with("proxy", proxy), "create": "true",
	}), "proxy: ", "host key mismatch")
}

func startAgent(t *testing.T, privateKey string) string {
	t.Helper()
	keyring := agent.NewKeyring()
	if err := keyring.Add(agent.AddedKey{PrivateKey: rawKey(t, privateKey)}); err != nil {
		t.Fatal(err)
	}
	socket := filepath.Join(t.TempDir(), "agent")
	listener, err := net.Listen("unix", socket)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	go func() {
		for {
			connection, err := listener.Accept()
			if err != nil {
				return // the test has ended
			}
			go func() { _ = agent.ServeAgent(keyring, connection) }() // ends with its client
		}
	}()
	return socket
}

// expectHang fails if the call returns in time; in the official provider it never returns.
func expectHang(t *testing.T, atLeast time.Duration, call func()) {
	t.Helper()
	returned := make(chan struct{})
	go func() {
		defer close(returned)
		call()
	}()
	select {
	case <-returned:
		t.Fatal("the call returned: the stand-in is more lenient than the official provider")
	case <-time.After(atLeast):
	}
}
