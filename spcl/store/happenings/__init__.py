"""What happens to runs, as it happens: alarms that rise, trainings that end, and a command."""
