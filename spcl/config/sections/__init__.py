"""Every key of a configuration with its default, range and one line of help, by section."""
