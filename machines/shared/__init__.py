"""What both kinds of machines share: paths, locks, ownership, specs, images."""
