"""Speak RocketMQ's remoting protocol with only the standard library of Python 3.9 or newer."""
