package remote

import (
	"context"
	"fmt"
	"net"
	"strconv"
	"time"

	p "github.com/pulumi/pulumi-go-provider"
	"github.com/pulumi/pulumi/sdk/v3/go/common/util/retry"
	"golang.org/x/crypto/ssh"
)

// dial opens an SSH connection, through the bastion if there is one.
func (c *Connection) dial(ctx context.Context) (*ssh.Client, error) {
	config, err := c.clientConfig()
	if err != nil {
		return nil, err
	}
	limit := valueOr(c.DialErrorLimit, defaultDialErrorLimit)
	if c.Proxy == nil {
		return retried(ctx, "Dial", limit, func() (*ssh.Client, error) {
			return ssh.Dial("tcp", c.address(), config)
		})
	}
	client, err := c.dialThroughProxy(ctx, config, limit)
	if err != nil {
		return nil, fmt.Errorf("proxy: %w", err)
	}
	return client, nil
}

func (c *Connection) dialThroughProxy(
	ctx context.Context, config *ssh.ClientConfig, limit int,
) (*ssh.Client, error) {
	proxyConfig, err := c.Proxy.clientConfig()
	if err != nil {
		return nil, err
	}
	proxyLimit := valueOr(c.Proxy.DialErrorLimit, defaultDialErrorLimit)
	proxy, err := retried(ctx, "Dial proxy", proxyLimit, func() (*ssh.Client, error) {
		return ssh.Dial("tcp", c.Proxy.address(), proxyConfig)
	})
	if err != nil {
		return nil, err
	}
	tunnel, err := retried(ctx, "Dial from proxy", limit, func() (net.Conn, error) {
		return proxy.Dial("tcp", c.address())
	})
	if err != nil {
		return nil, err
	}
	// Every attempt does the handshake over the same tunnel, as in the official provider.
	return retried(ctx, "Dial", limit, func() (*ssh.Client, error) {
		connection, channels, requests, err := ssh.NewClientConn(tunnel, c.address(), config)
		if err != nil {
			return nil, err
		}
		return ssh.NewClient(connection, channels, requests), nil
	})
}

// retried calls attempt until it succeeds, the context ends, or the number of errors exceeds the
// limit (-1: unlimited).
//
// Every kind of error is retried, even a wrong host key or a refused login. The delay starts at
// 100 ms and grows by half up to 5 s, so the default limit of 10 is reached after about 11 s.
func retried[T any](
	ctx context.Context, what string, limit int, attempt func() (T, error),
) (T, error) {
	var none, result T
	shownLimit := strconv.Itoa(limit)
	if limit == unlimitedDialErrors {
		shownLimit = "inf"
	}
	done, _, err := retry.Until(ctx, retry.Acceptor{
		Accept: func(try int, _ time.Duration) (bool, any, error) {
			var failure error
			if result, failure = attempt(); failure == nil {
				return true, nil, nil
			}
			if limit > unlimitedDialErrors && try+1 > limit {
				return true, nil, fmt.Errorf("after %d failed attempts: %w", try, failure)
			}
			p.GetLogger(ctx).InfoStatusf("%s %d/%s failed: retrying", what, try+1, shownLimit)
			return false, nil, nil
		},
	})
	if err != nil {
		return none, err
	}
	if !done {
		return none, ctx.Err()
	}
	return result, nil
}
