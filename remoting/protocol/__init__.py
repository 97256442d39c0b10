"""RocketMQ's remoting protocol: frames, bodies, connections."""
