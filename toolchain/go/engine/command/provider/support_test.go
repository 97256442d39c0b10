package provider_test

import (
	"crypto/rand"
	"crypto/rsa"
	"testing"
	"time"

	"golang.org/x/crypto/ssh"

	"rocketmq-clusters/toolchain/engine/command/sshtest"
)

func rsaLine(t *testing.T) string {
	t.Helper()
	private, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	signer, err := ssh.NewSignerFromKey(private)
	if err != nil {
		t.Fatal(err)
	}
	return sshtest.AuthorizedLine(signer)
}

func rawKey(t *testing.T, pem string) any {
	t.Helper()
	key, err := ssh.ParseRawPrivateKey([]byte(pem))
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// expectSoon polls until the condition holds, for at most five seconds.
func expectSoon(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for deadline := time.Now().Add(5 * time.Second); !holds(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("not in time: %s", what)
		}
	}
}
