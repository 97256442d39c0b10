"""What the operating system of this computer offers: programs, processes, files."""
