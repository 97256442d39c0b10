"""How hosts are made and reached: images, virtual machines, keys, logins, packages."""
