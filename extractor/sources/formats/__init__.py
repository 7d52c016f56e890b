"""What each kind of file is told by and how it is read, one kind a module."""
