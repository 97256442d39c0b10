"""What a host is made from and reached by: images, keys, logins, packages."""
