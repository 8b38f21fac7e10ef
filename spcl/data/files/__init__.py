"""Pictures and labels as they are on disk: how they are listed, read and recognised again."""
