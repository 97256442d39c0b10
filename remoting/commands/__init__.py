"""The command line of remoting.pyz."""
