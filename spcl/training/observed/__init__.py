"""What is looked at while a run trains: models, rows of metrics, numbers that leave their range."""
