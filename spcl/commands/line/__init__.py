"""Around the commands: what there is, what is missing, the shell's completion, shipped files."""
