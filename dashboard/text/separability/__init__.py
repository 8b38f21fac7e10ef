"""What the separability page says: classes, rivals, domain gap, and all measures."""
